import { z } from 'zod';
import { melConfiguration } from '../mel/mel-settings.js';

const count = z.int().positive();
const rate = z.int().positive();

const picture = z.strictObject({
  type: z.literal('picture'),
  width: count,
  height: count,
  channels: z.literal([1, 3]),
  /** What 0 and 255 become. */
  range: z.tuple([z.number(), z.number()]).default([-1, 1]),
  /** Taken off each channel after that, and what is left divided by. */
  mean: z.array(z.number()).optional(),
  deviation: z.array(z.number()).optional(),
  layout: z.enum(['nchw', 'nhwc']),
});

const waveform = z.strictObject({
  type: z.literal('waveform'),
  sampleRate: rate,
  /** Cut or followed by silence to so many: `[N, samples]`. */
  samples: count,
});

const mel = z.strictObject({
  type: z.literal('mel'),
  /** What differs from SpecVQGAN's mel spectrogram. */
  mel: melConfiguration.omit({ firstFrames: true, centerFrames: true }).partial().default({}),
  /** Cut or followed by silence to so many. */
  frames: count,
  /** What `scaling`'s minDb and maxDb become. */
  range: z.tuple([z.number(), z.number()]).default([0, 1]),
  /** n samples, c one channel, b bands, t frames: VGGish takes `ntb`, most others `ncbt`. */
  layout: z.enum(['nbt', 'ntb', 'ncbt', 'nctb', 'nbtc', 'ntbc']),
});

/** What stands beside a network's file: what it is called, what it takes and which of its outputs are meant. */
export const networkFile = z.strictObject({
  name: z.string().min(1),
  input: z.discriminatedUnion('type', [picture, waveform, mel]),
  /** Names of the input and of the outputs; the first, where left out. */
  inputName: z.string().optional(),
  features: z.string().optional(),
  classes: z.string().optional(),
  /** How many media at once. */
  batch: count.default(32),
});

export type NetworkFile = z.infer<typeof networkFile>;

export type NetworkInput = NetworkFile['input'];
