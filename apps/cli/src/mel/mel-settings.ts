import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import {
  MEL_DIGITS,
  MEL_SPECVQGAN,
  type MelConfig,
  type SoundPreprocessing,
  SPEECH_DIGITS,
} from '@visual-echoes/vq-audio';
import { z } from 'zod';

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

const configuration = z.strictObject({
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
  return config ? { ...settings, mel: { ...settings.mel, ...(await ofFile(config)) } } : settings;
}

async function ofModel(model: string): Promise<MelSettings> {
  // Here, so that a preset does not load TensorFlow.js.
  const { findModel, folderSource, parseManifest, urlSource } = await import('visual-echoes/node');
  const source = /^https?:/.test(model) ? urlSource(model) : folderSource(findModel(model));
  const { parts } = parseManifest(await source.readText('visual-echoes.json'), model);
  const { frames: _, ...mel } = parts.audio.mel;
  return { mel, preprocessing: parts.audio.preprocessing };
}

async function ofFile(path: string): Promise<Partial<MelConfig>> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`${path} is not JSON (${(cause as Error).message}).`, { cause });
  }
  const parsed = configuration.partial().safeParse(json);
  if (parsed.success) return parsed.data as Partial<MelConfig>;
  const [issue] = parsed.error.issues;
  throw new ConfigurationError(`${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}.`);
}
