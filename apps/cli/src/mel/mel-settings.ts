import {
  MEL_DIGITS,
  MEL_SPECVQGAN,
  type MelConfig,
  type SoundPreprocessing,
  SPEECH_DIGITS,
} from '@visual-echoes/vq-audio';
import { z } from 'zod';
import { readJsonFile } from '../data/read-json-file.js';

/** The constants of a mel spectrogram, and how a recording is prepared for it, where it is. */
export interface MelSettings {
  mel: MelConfig;
  preprocessing?: SoundPreprocessing;
}

/** The names that `--preset` takes. */
export const PRESETS: Readonly<Record<string, MelSettings>> = {
  specvqgan: { mel: MEL_SPECVQGAN },
  digits: { mel: MEL_DIGITS, preprocessing: { type: 'speech', ...SPEECH_DIGITS } },
};

const count = z.int().positive();

/** What a file may say of a mel spectrogram. */
export const melConfiguration = z.strictObject({
  sampleRate: count,
  fftSize: count,
  hopLength: count,
  windowLength: count,
  window: z.literal('hann'),
  center: z.boolean(),
  power: z.literal([1, 2]),
  melBands: count,
  fMin: z.number().nonnegative(),
  fMax: z.number().positive(),
  melScale: z.literal(['slaney', 'htk']),
  norm: z.literal(['slaney', null]),
  scaling: z.strictObject({ minDb: z.number(), maxDb: z.number(), floor: z.number().positive() }),
  firstFrames: count.nullable(),
  centerFrames: count.nullable(),
});

/**
 * The settings that the command line names: those of a preset or of a model folder, with what a JSON file changes.
 * @throws ConfigurationError, FileAccessError.
 */
export async function melSettings({
  preset,
  model,
  config,
}: {
  preset?: string | undefined;
  model: string;
  config?: string | undefined;
}): Promise<MelSettings> {
  const settings = preset ? PRESETS[preset] : await ofModel(model);
  if (!config) return settings;
  const changes = (await readJsonFile(config, melConfiguration.partial())) as Partial<MelConfig>;
  return { ...settings, mel: { ...settings.mel, ...changes } };
}

async function ofModel(model: string): Promise<MelSettings> {
  // Here, so that a preset does not load TensorFlow.js.
  const { findModel, folderSource, MANIFEST_FILE, parseManifest, urlSource } = await import(
    'visual-echoes/node'
  );
  const source = /^https?:/.test(model) ? urlSource(model) : folderSource(findModel(model));
  const { parts } = parseManifest(await source.readText(MANIFEST_FILE), model);
  const { frames: _, ...mel } = parts.audio.mel;
  return { mel, preprocessing: parts.audio.preprocessing };
}
