import { FSDD_VOICES } from '../data/fsdd.js';
import { type EvaluationContext, generating, hits } from './evaluation-context.js';
import { type EvaluationRow, shareRow } from './evaluation-row.js';
import { exampleIndices } from './example.js';
import { NOTHING } from './judges.js';

const SEEDS = 20;

/** Twenty seeds of one picture, for one picture of each digit. */
export async function varietyRows(context: EvaluationContext): Promise<EvaluationRow[]> {
  const { model, judges, data, seed } = context;
  const firsts = Array.from({ length: 10 }, (_, digit) => data.pictures.digits.indexOf(digit));
  const pictures = firsts.filter((i) => i >= 0).map((i) => data.pictures.media[i]);
  const results = await model.imageToAudio(
    pictures.flatMap((picture) => Array.from({ length: SEEDS }, () => picture)),
    {
      ...generating(context),
      seed: pictures.flatMap(() => Array.from({ length: SEEDS }, (_, i) => seed + i)),
    },
  );
  const speakers = await judges.judgeSpeakers(results.map(({ sound }) => sound));
  const different = pictures.map((_, p) => {
    const own = results.slice(p * SEEDS, (p + 1) * SEEDS);
    return new Set(own.map(({ tokens }) => tokens['audio'].join())).size;
  });
  const voices = pictures.map((_, p) => {
    const own = [...speakers.classes.subarray(p * SEEDS, (p + 1) * SEEDS)];
    return new Set(own.filter((speaker) => speaker !== NOTHING)).size;
  });
  const task = 'variety';
  const mean = voices.reduce((sum, count) => sum + count, 0) / voices.length;
  return [
    { task, measure: `different sounds of ${SEEDS}, at least`, value: Math.min(...different), unit: 'count' },
    { task, measure: `voices of ${FSDD_VOICES.length}, on average`, value: mean, unit: 'count' },
    { task, measure: `voices of ${FSDD_VOICES.length}, at least`, value: Math.min(...voices), unit: 'count' },
  ];
}

/** Media through the tokenizers and back, named by the classifiers. */
export async function reconstructionRows(context: EvaluationContext): Promise<EvaluationRow[]> {
  const { model, judges, data, real, signal, onSamples, onExamples, onProgress } = context;
  const task = 'reconstruction';
  const redrawn = await model.reconstructPicture(data.pictures.media, { signal });
  const pictures = redrawn.map(({ picture }) => picture);
  onProgress(0.5);
  const rebuilt = await model.reconstructSound(data.sounds.media, { signal });
  await onExamples(`${task} of pictures`, [
    ...exampleIndices(redrawn.length).map((i) => ({
      caption: String(data.pictures.digits[i]),
      given: { picture: redrawn[i].original },
      made: { picture: redrawn[i].picture },
    })),
  ]);
  await onExamples(`${task} of sounds`, [
    ...exampleIndices(rebuilt.length).map((i) => ({
      caption: String(data.sounds.digits[i]),
      given: { mel: rebuilt[i].original, sound: data.sounds.media[i] },
      made: { mel: rebuilt[i].mel, sound: rebuilt[i].sound },
    })),
  ]);
  await onSamples(`${task}-pictures`, pictures);
  await onSamples(
    `${task}-mels`,
    rebuilt.map(({ mel }) => mel),
  );
  const seen = await judges.judgePictures(pictures);
  const heard = await judges.judgeSounds(rebuilt.map(({ sound }) => sound));
  const original = (value: number) => ({ what: 'of the originals', value });
  return [
    shareRow(
      { task, measure: 'pictures seen right', reference: original(await real.pictureAccuracy()) },
      hits(data.pictures.digits, seen.classes),
    ),
    shareRow(
      { task, measure: 'sounds heard right', reference: original(await real.soundAccuracy()) },
      hits(data.sounds.digits, heard.classes),
    ),
  ];
}

/** Time from a picture to its sound, after loading. */
export async function speedRows(context: EvaluationContext): Promise<EvaluationRow[]> {
  const { model, data } = context;
  const task = 'speed';
  const [first] = data.pictures.media;
  const once = async () => {
    const start = performance.now();
    await model.imageToAudio(first, { ...generating(context), count: undefined });
    return (performance.now() - start) / 1000;
  };
  await once();
  const times: number[] = [];
  for (let i = 0; i < 9; i++) times.push(await once());
  times.sort((a, b) => a - b);
  const many = data.pictures.media.slice(0, 256);
  const start = performance.now();
  await model.imageToAudio(many, generating(context));
  const rateOfMany = many.length / ((performance.now() - start) / 1000);
  return [
    { task, measure: 'one picture → sound, median of 9', value: times[4], unit: 'seconds' },
    { task, measure: 'pictures → sounds, in batches', value: rateOfMany, unit: 'per second' },
  ];
}
