import { throwIfCancelled, VisualEchoesError } from '@visual-echoes/core';
import { featureStatistics, frechetDistance } from '@visual-echoes/metrics';
import type { Mel, Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { GenerateOptions, VisualEchoes } from 'visual-echoes';
import { degradePicture, degradeSound } from './degrade.js';
import type { EvaluationData, Labelled } from './evaluation-data.js';
import { type EvaluationRow, shareRow } from './evaluation-row.js';
import type { Judgement } from './judge.js';
import { type Judges, SPEAKERS } from './judges.js';

/** What can be measured, in the order of the table. */
export const TASKS = [
  'image-to-audio',
  'audio-to-image',
  'brought',
  'co-generation',
  'variety',
  'reconstruction',
  'speed',
] as const;

export type EvaluationTask = (typeof TASKS)[number];

export interface EvaluationOptions {
  model: VisualEchoes;
  judges: Judges;
  data: EvaluationData;
  seed?: number;
  /** Sampling options over the model folder's. */
  sampling?: GenerateOptions;
  /** Pairs of the co-generation. */
  pairs?: number;
  signal?: AbortSignal;
  /** Receives a share of the task, 0 to 1, that never goes back. */
  onProgress?: (share: number) => void;
  /** Receives samples to look at. */
  onSamples?: (name: string, samples: readonly (Picture | Mel)[]) => Promise<void>;
}

type Settled = Required<Omit<EvaluationOptions, 'signal'>> & { signal: AbortSignal | undefined };

/** Measures one task of a model. */
export async function evaluateTask(
  task: EvaluationTask,
  {
    seed = 1,
    sampling = {},
    pairs = 500,
    signal,
    onProgress = () => {},
    onSamples = async () => {},
    ...rest
  }: EvaluationOptions,
): Promise<EvaluationRow[]> {
  throwIfCancelled(signal);
  const options = { ...rest, seed, sampling, pairs, signal, onProgress, onSamples };
  switch (task) {
    case 'image-to-audio':
      return heardRows(task, options, options.data.pictures);
    case 'audio-to-image':
      return seenRows(task, options, options.data.sounds);
    case 'brought':
      return broughtRows(options);
    case 'co-generation':
      return coGenerationRows(options);
    case 'variety':
      return varietyRows(options);
    case 'reconstruction':
      return reconstructionRows(options);
    case 'speed':
      return speedRows(options);
  }
}

/** Pictures → sounds, heard by the sound classifier. */
async function heardRows(
  task: string,
  options: Settled,
  { media, digits }: Labelled<Picture>,
): Promise<EvaluationRow[]> {
  const { model, judges, data, onSamples } = options;
  const start = performance.now();
  const { ready, found } = await prepared(media, (picture) => model.preparePicture(picture));
  const results = await model.imageToAudio(ready, { ...generating(options), preprocess: false });
  const seconds = (performance.now() - start) / 1000 / media.length;
  const heard = await judges.judgeSounds(results.map(({ sound }) => sound));
  await onSamples(
    `${task}-mels`,
    results.map(({ mel }) => mel),
  );
  const reference = { what: 'of recordings', value: await realSounds(judges, data.sounds) };
  return [
    shareRow({ task, measure: 'heard right', reference }, hits(digits, found, heard.classes)),
    {
      task,
      measure: `Fréchet distance to real sounds (features of the sound classifier)`,
      value: distance(heard, await judges.judgeSounds(data.sounds.media)),
      unit: 'distance',
      reference: {
        what: 'of training recordings',
        value: distance(
          await judges.judgeSounds(data.trainSounds),
          await judges.judgeSounds(data.sounds.media),
        ),
      },
    },
    { task, measure: 'time a sample, in batches', value: seconds, unit: 'seconds' },
  ];
}

/** Sounds → pictures, seen by the picture classifier. */
async function seenRows(
  task: string,
  options: Settled,
  { media, digits }: Labelled<Waveform>,
): Promise<EvaluationRow[]> {
  const { model, judges, data, onSamples } = options;
  const start = performance.now();
  const { ready, found } = await prepared(media, (sound) => model.prepareSound(sound));
  const results = await model.audioToImage(ready, generating(options));
  const seconds = (performance.now() - start) / 1000 / media.length;
  const pictures = results.map(({ picture }) => picture);
  const seen = await judges.judgePictures(pictures);
  await onSamples(`${task}-pictures`, pictures);
  const real = await judges.judgePictures(data.pictures.media);
  const reference = { what: 'of pictures', value: rate(hits(data.pictures.digits, undefined, real.classes)) };
  const alike = await judges.judgePictures(data.trainPictures.slice(0, Math.max(2, results.length)));
  return [
    shareRow({ task, measure: 'seen right', reference }, hits(digits, found, seen.classes)),
    {
      task,
      measure: `Fréchet distance to real pictures (features of the picture classifier)`,
      value: distance(seen, real),
      unit: 'distance',
      reference: { what: 'of as many training pictures', value: distance(alike, real) },
    },
    { task, measure: 'time a sample, in batches', value: seconds, unit: 'seconds' },
  ];
}

/** The same with what people bring. */
async function broughtRows(options: Settled): Promise<EvaluationRow[]> {
  const { data, seed, onProgress } = options;
  const pages = data.pictures.media.map((picture, i) => degradePicture(picture, seed * 100_000 + i));
  const recordings: Waveform[] = [];
  for (const [i, sound] of data.sounds.media.entries()) {
    recordings.push(await degradeSound(sound, seed * 100_000 + i));
  }
  const part = (from: number, to: number): Settled => ({
    ...options,
    onProgress: (share) => onProgress(from + share * (to - from)),
  });
  const heard = await heardRows('image-to-audio, brought', part(0, 0.75), { ...data.pictures, media: pages });
  const seen = await seenRows('audio-to-image, brought', part(0.75, 1), {
    ...data.sounds,
    media: recordings,
  });
  return [heard[0], seen[0]];
}

async function coGenerationRows(options: Settled): Promise<EvaluationRow[]> {
  const { model, judges, pairs, onSamples } = options;
  const task = 'co-generation';
  const results = await model.coGenerate({ ...generating(options), count: pairs });
  const pictures = results.map(({ picture }) => picture);
  await onSamples(`${task}-pictures`, pictures);
  await onSamples(
    `${task}-mels`,
    results.map(({ mel }) => mel),
  );
  const seen = await judges.judgePictures(pictures);
  const heard = await judges.judgeSounds(results.map(({ sound }) => sound));
  const shares = Array.from(
    { length: 10 },
    (_, digit) => seen.classes.filter((one) => one === digit).length / results.length,
  );
  return [
    shareRow({ task, measure: 'picture and sound agree' }, hits([...seen.classes], undefined, heard.classes)),
    { task, measure: 'share of the rarest digit', value: Math.min(...shares), unit: 'share' },
    { task, measure: 'share of the most frequent digit', value: Math.max(...shares), unit: 'share' },
  ];
}

const SEEDS = 20;

/** Twenty seeds of one picture, for one picture of each digit. */
async function varietyRows(options: Settled): Promise<EvaluationRow[]> {
  const { model, judges, data, seed } = options;
  const firsts = Array.from({ length: 10 }, (_, digit) => data.pictures.digits.indexOf(digit));
  const pictures = firsts.filter((i) => i >= 0).map((i) => data.pictures.media[i]);
  const results = await model.imageToAudio(
    pictures.flatMap((picture) => Array.from({ length: SEEDS }, () => picture)),
    {
      ...generating(options),
      seed: pictures.flatMap(() => Array.from({ length: SEEDS }, (_, i) => seed + i)),
    },
  );
  const speakers = await judges.judgeSpeakers(results.map(({ sound }) => sound));
  const different = pictures.map((_, p) => {
    const own = results.slice(p * SEEDS, (p + 1) * SEEDS);
    return new Set(own.map(({ tokens }) => tokens['audio'].join())).size;
  });
  const voices = pictures.map(
    (_, p) =>
      new Set([...speakers.classes.subarray(p * SEEDS, (p + 1) * SEEDS)].filter((v) => v < SPEAKERS.length))
        .size,
  );
  const task = 'variety';
  const mean = voices.reduce((sum, count) => sum + count, 0) / voices.length;
  return [
    { task, measure: `different sounds of ${SEEDS}, at least`, value: Math.min(...different), unit: 'count' },
    { task, measure: `voices of ${SPEAKERS.length}, on average`, value: mean, unit: 'count' },
    { task, measure: `voices of ${SPEAKERS.length}, at least`, value: Math.min(...voices), unit: 'count' },
  ];
}

async function reconstructionRows(options: Settled): Promise<EvaluationRow[]> {
  const { model, judges, data, signal, onSamples, onProgress } = options;
  const task = 'reconstruction';
  const pictures = (await model.reconstructPicture(data.pictures.media, { signal })).map(
    ({ picture }) => picture,
  );
  onProgress(0.5);
  const rebuilt = await model.reconstructSound(data.sounds.media, { signal });
  await onSamples(`${task}-pictures`, pictures);
  await onSamples(
    `${task}-mels`,
    rebuilt.map(({ mel }) => mel),
  );
  const { digits } = data.pictures;
  const seen = await judges.judgePictures(pictures);
  const real = await judges.judgePictures(data.pictures.media);
  const heard = await judges.judgeSounds(rebuilt.map(({ sound }) => sound));
  const originals = await realSounds(judges, data.sounds);
  return [
    shareRow(
      {
        task,
        measure: 'pictures seen right',
        reference: { what: 'of the originals', value: rate(hits(digits, undefined, real.classes)) },
      },
      hits(digits, undefined, seen.classes),
    ),
    shareRow(
      { task, measure: 'sounds heard right', reference: { what: 'of the originals', value: originals } },
      hits(data.sounds.digits, undefined, heard.classes),
    ),
  ];
}

async function speedRows(options: Settled): Promise<EvaluationRow[]> {
  const { model, data } = options;
  const task = 'speed';
  const [first] = data.pictures.media;
  const once = async () => {
    const start = performance.now();
    await model.imageToAudio(first, { ...generating(options), count: undefined });
    return (performance.now() - start) / 1000;
  };
  await once();
  const times: number[] = [];
  for (let i = 0; i < 9; i++) times.push(await once());
  times.sort((a, b) => a - b);
  const many = data.pictures.media.slice(0, 256);
  const start = performance.now();
  await model.imageToAudio(many, generating(options));
  const rateOfMany = many.length / ((performance.now() - start) / 1000);
  return [
    { task, measure: 'one picture → sound, median of 9', value: times[4], unit: 'seconds' },
    { task, measure: 'pictures → sounds, in batches', value: rateOfMany, unit: 'per second' },
  ];
}

const generating = ({ seed, sampling, signal, onProgress }: Settled) => ({
  ...sampling,
  seed,
  signal,
  onProgress,
});

/** What can be brought to the model's form, and which it was. */
async function prepared<A, B>(media: readonly A[], prepare: (one: A) => B | Promise<B>) {
  const ready: B[] = [];
  const found: boolean[] = [];
  for (const one of media) {
    try {
      ready.push(await prepare(one));
      found.push(true);
    } catch (error) {
      if (!(error instanceof VisualEchoesError)) throw error;
      found.push(false);
    }
  }
  return { ready, found };
}

/** Whether each input became its digit; `named` has entries only for what was `found`. */
function hits(
  digits: readonly number[],
  found: readonly boolean[] | undefined,
  named: Uint8Array,
): boolean[] {
  let next = 0;
  return digits.map((digit, i) => (found?.[i] ?? true) && named[next++] === digit);
}

const rate = (list: readonly boolean[]) => list.filter(Boolean).length / list.length;

async function realSounds(judges: Judges, { media, digits }: Labelled<Waveform>): Promise<number> {
  return rate(hits(digits, undefined, (await judges.judgeSounds(media)).classes));
}

function distance(a: Judgement, b: Judgement): number {
  const statistics = ({ features, classes }: Judgement) =>
    featureStatistics(features, [classes.length, features.length / classes.length]);
  return frechetDistance(statistics(a), statistics(b));
}
