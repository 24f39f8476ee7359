import { z } from 'zod';
import { melConfiguration } from '../mel/mel-settings.js';
import { vocoderAugmentation } from './augmentation-file.js';
import { count, mel, schedule, speech, splits } from './training-file.js';

const weight = z.number().min(0);

const resolutions = z.array(z.strictObject({ fftSize: count, hopLength: count, windowLength: count })).min(1);

const discriminator = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('multi-period'),
    periods: z.array(count).min(1).optional(),
    channels: z.array(count).min(1).optional(),
  }),
  z.strictObject({
    type: z.literal('multi-scale'),
    scales: count.optional(),
    layers: z
      .array(z.strictObject({ channels: count, kernelSize: count, stride: count, groups: count }))
      .min(1)
      .optional(),
  }),
  z.strictObject({
    type: z.literal('multi-resolution'),
    resolutions: resolutions.optional(),
    channels: count.optional(),
  }),
  z.strictObject({
    type: z.literal('melgan'),
    num_D: count.optional(),
    ndf: count.optional(),
    n_layers: count.optional(),
    downsamp_factor: count.optional(),
  }),
]);

/** How a vocoder is trained. */
export const vocoderFile = z.strictObject({
  type: z.enum(['hifigan', 'melgan', 'vocos']),
  /** As the generator's authors write it. */
  configuration: z.looseObject({}),
  mel: mel.superRefine((value, context) => {
    const issues = melConfiguration.safeParse(value).error?.issues ?? [];
    for (const { path, message } of issues) context.addIssue({ code: 'custom', path, message });
  }),
  /** How spoken digits become clips; the sounds of a folder are taken as they are. */
  preprocessing: speech.optional(),
  /** How sounds are varied, anew each time: those of a folder, or spoken digits. */
  augmentation: vocoderAugmentation.default({}),
  /** Folder of sounds, relative to this file; `--sounds` goes before it. */
  sounds: z.string().optional(),
  splits,
  /** What of a folder's sounds the figures are of. */
  validation: z
    .strictObject({
      /** Of the sounds that is held back where there is no split for that. */
      share: z.number().gt(0).lt(1).default(0.1),
      /** At most so many, evenly spread. */
      sounds: count.default(32),
      /** Of each, from its start. */
      seconds: z.number().positive().max(60).default(5),
    })
    .prefault({}),
  /** Samples of a training piece, whole frames. */
  segment: count,
  /** Folder of a trained vocoder of the same configuration, from whose weights this one starts. */
  start: z.string().optional(),
  /** Folder of a trained audio tokenizer, through which a share of the mels goes before the vocoder sees them. */
  reconstructions: z
    .strictObject({ tokenizer: z.string(), share: z.number().min(0).max(1).default(0.5) })
    .optional(),
  losses: z.strictObject({
    mel: weight,
    stft: weight,
    resolutions,
  }),
  /** Absent: the generator learns by the losses of spectra alone. */
  adversarial: z
    .strictObject({
      /** The first step at which the discriminators learn and are heard. */
      start: count,
      loss: z.enum(['least-squares', 'hinge']),
      weight: weight.default(1),
      featureMatching: weight,
      /** Of the discriminators, as a factor on the generator's. */
      rate: z.number().positive().default(1),
      discriminators: z.array(discriminator).min(1),
    })
    .optional(),
  training: schedule,
});

export type VocoderFile = z.infer<typeof vocoderFile>;
