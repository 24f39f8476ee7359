import { mkdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ConfigurationError, throwIfCancelled, VisualEchoesError } from '@visual-echoes/core';
import { createVocoder, selectBackend } from 'visual-echoes/node';
import { interruptSignal } from '../commands/shared-options.js';
import { divideFiles } from '../files/divide-files.js';
import { type ListedFile, listSounds } from '../files/list-files.js';
import { ProgressBar } from '../output/progress-bar.js';
import { readMono } from '../sounds/read-mono.js';
import { type NamedSounds, wantedSounds } from '../sounds/wanted-sounds.js';
import { HELD_BACK } from '../training/find-splits.js';
import { type ReadVocoder, readVocoder } from '../training/read-vocoder.js';
import { griffinLimVocode, measureVocoder, type Vocode, vocoderDistanceRows } from './compare-vocoders.js';
import { spread } from './evaluation-data.js';
import { type EvaluationFile, writeExamples } from './evaluation-file.js';
import { type Example, exampleIndices } from './example.js';
import { finishEvaluation, type MeasuringOptions } from './finish-evaluation.js';

/** The options of `visual-echoes evaluate --sounds`. */
export interface EvaluateVocoderOptions extends MeasuringOptions {
  sounds: string;
  /** A training run or a model folder; the model where left out. */
  vocoder?: string;
  tasks?: readonly string[];
  split?: string;
}

/** Sounds that are measured, where `--limit` does not say. */
const SOUNDS = 100;

/** Of each sound, from its start. */
const SECONDS = 10;

/** Measures a vocoder beside Griffin-Lim on the sounds of a folder, and prints the table. */
export async function evaluateVocoder(options: EvaluateVocoderOptions): Promise<void> {
  const {
    sounds: folder,
    vocoder: name = options.model,
    backend,
    limit = SOUNDS,
    out,
    json = false,
  } = options;
  const other = options.tasks?.find((task) => task !== 'vocoder');
  if (other !== undefined) {
    throw new ConfigurationError(`The task "${other}" is not measured on --sounds; there is "vocoder".`);
  }
  const signal = interruptSignal();
  const chosen = choose(folder, await listSounds(folder), await readVocoder(name), options.split);
  const { files, read, split } = chosen;
  const say = (line: string) => {
    if (!json) console.error(line);
  };
  await selectBackend({ prefer: backend, onMessage: say });
  const bar = new ProgressBar('Measuring', { hidden: json });
  try {
    const wanted = await readThem(spread(files, limit), read.mel, {
      signal,
      onFailure: say,
      onProgress: (share) => bar.update(0.3 * share),
    });
    const vocoder = await createVocoder(read.mel, read.settings, read.state ?? {});
    const own = await measureVocoder(
      oneByOne(signal, (mel) => vocoder.vocode(mel)),
      wanted,
    );
    bar.update(0.5);
    const griffinLim = griffinLimVocode(read.mel);
    const beside = await measureVocoder(
      oneByOne(signal, async (mel) => (await griffinLim([mel]))[0]),
      wanted,
    );
    await vocoder.dispose?.();
    bar.update(1);
    let examples: EvaluationFile['examples'] = [];
    if (out) {
      await mkdir(out, { recursive: true });
      const { sampleRate } = read.mel;
      const sound = (samples: Float32Array) => ({ sampleRate, channels: [samples] });
      const some = exampleIndices(wanted.recordings.length).map(
        (i): Example => ({
          caption: wanted.ids[i],
          given: { mel: wanted.mels[i] },
          made: { sound: sound(own.sounds[i]) },
          original: { sound: sound(wanted.recordings[i]) },
        }),
      );
      examples = await writeExamples(out, 'vocoder', some);
    }
    const { mel, stft, speed } = vocoderDistanceRows(own, beside, read.mel.scaling);
    const on = `${wanted.recordings.length} sounds ${split} of ${basename(resolve(folder))}`;
    const measured = { runs: [[mel, stft, speed]], seeds: [options.seed], examples, validation: false, on };
    bar.stop();
    await finishEvaluation({ ...measured, model: basename(resolve(name)) }, { ...options, measuredOn: on });
  } finally {
    bar.stop();
  }
}

/** The sounds of a split; else those that the vocoder's training held back, or that are named so, or all. */
function choose(folder: string, all: readonly ListedFile[], read: ReadVocoder, split: string | undefined) {
  const of = (name: string) => all.filter((sound) => sound.split === name);
  const held = HELD_BACK.find((name) => of(name).length > 0);
  if (split === undefined && read.file) {
    const { splits, validation, training } = read.file;
    const options = { what: 'sounds', splits, share: validation.share, seed: training.seed };
    return { read, files: divideFiles(folder, all, options).heldBack, split: 'that are held back' };
  }
  const chosen = split ?? held ?? 'train';
  const files = of(chosen);
  if (files.length > 0) return { read, files, split: `of the split "${chosen}"` };
  const others = [...new Set(all.map((sound) => `"${sound.split}"`))].join(', ');
  throw new ConfigurationError(
    `${folder} has no sounds of the split "${chosen}"; it has ${others}. Name another with --split.`,
  );
}

async function readThem(
  files: readonly ListedFile[],
  mel: ReadVocoder['mel'],
  {
    signal,
    onFailure,
    onProgress,
  }: { signal: AbortSignal; onFailure: (line: string) => void; onProgress: (share: number) => void },
): Promise<NamedSounds> {
  const sounds: { id: string; samples: Float32Array }[] = [];
  for (const [i, { id, path }] of files.entries()) {
    throwIfCancelled(signal);
    onProgress(i / files.length);
    try {
      const samples = await readMono(path, mel.sampleRate);
      sounds.push({ id, samples: samples.subarray(0, SECONDS * mel.sampleRate) });
    } catch (error) {
      if (!(error instanceof VisualEchoesError)) throw error;
      onFailure(`left out: ${error.message}`);
    }
  }
  return wantedSounds(sounds, mel, { leastSamples: 2 * mel.fftSize });
}

/** One mel after the other, so that Ctrl-C is heard. */
function oneByOne(
  signal: AbortSignal,
  vocode: (mel: Parameters<Vocode>[0][number]) => Float32Array | Promise<Float32Array>,
): Vocode {
  return async (mels) => {
    const sounds: Float32Array[] = [];
    for (const mel of mels) {
      throwIfCancelled(signal);
      sounds.push(await vocode(mel));
      await new Promise((done) => setImmediate(done));
    }
    return sounds;
  };
}
