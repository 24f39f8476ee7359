import { throwIfCancelled } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import { hits, share } from '../evaluation/evaluation-context.js';
import { type EvaluationRow, shareRow } from '../evaluation/evaluation-row.js';
import { encode, fill } from '../retrieval/fill.js';
import type { ClassContext } from './class-context.js';
import { mean } from './class-rows.js';
import { melOfVocoded } from './mel-of-vocoded.js';
import { betweenHalves, pairwise } from './mel-variety.js';

/** Those held back through the tokenizers, and sounds through the vocoder too, named by the classifiers. */
export async function reconstructionClassRows(context: ClassContext): Promise<EvaluationRow[]> {
  const { model, pictures, sounds, signal, onProgress } = context;
  const task = 'reconstruction';
  const redrawn = await model.reconstructPicture(pictures.held.media, { preprocess: false, signal });
  onProgress(0.3);
  const rebuilt = await throughTokenizer(context, sounds.held.media);
  onProgress(0.5);
  const { mel } = model.manifest.parts.audio;
  const vocoded: Mel[] = [];
  for (const one of rebuilt) {
    throwIfCancelled(signal);
    vocoded.push(melOfVocoded(await model.vocode(one, { signal }), mel));
    onProgress(0.5 + (0.5 * vocoded.length) / rebuilt.length);
  }
  const row = async (medium: typeof pictures | typeof sounds, measure: string, named: ArrayLike<number>) => {
    const real = hits(medium.held.classes, (await medium.judgeHeld()).classes);
    const reference = { what: 'of the originals', value: share(real) };
    return shareRow({ task, measure, reference }, hits(medium.held.classes, named));
  };
  const seen = await pictures.judge(redrawn.map(({ picture }) => picture));
  const [heard, heardVocoded] = [await sounds.judge(rebuilt), await sounds.judge(vocoded)];
  return [
    await row(pictures, 'pictures seen right', seen.classes),
    await row(sounds, 'sounds heard right', heard.classes),
    await row(sounds, 'sounds heard right, through the vocoder too', heardVocoded.classes),
  ];
}

/** Sounds of one picture that are compared with each other. */
const VARIANTS = 20;

/** Whether the sounds of one picture, of each class, differ more than the halves of a recording do. */
export async function varietyClassRows(context: ClassContext): Promise<EvaluationRow[]> {
  const { model, pictures, sounds, classes, signal } = context;
  const task = 'variety';
  const { minDb, maxDb } = model.manifest.parts.audio.mel.scaling;
  const range = maxDb - minDb;
  const given = classes
    .map((_, i) => pictures.held.classes.indexOf(i))
    .filter((i) => i >= 0)
    .map((i) => ({ picture: pictures.held.media[i], class: pictures.held.classes[i] }));
  const canvases = await encode(given, 'imageToAudio', context);
  const variants = Array.from({ length: VARIANTS }, (_, i) => i);
  const filled = await fill(
    canvases.flatMap((canvas) => variants.map(() => canvas)),
    'imageToAudio',
    context,
    canvases.flatMap(() => variants),
  );
  const made = (await model.decode(filled, { outputs: ['mel'], signal })).map(({ mel }) => mel!);
  const differences = given.map((_, i) => range * pairwise(made.slice(i * VARIANTS, (i + 1) * VARIANTS)));
  const halves = sounds.held.media.map((mel) => range * betweenHalves(mel));
  const rebuilt = await throughTokenizer(context, sounds.held.media);
  const ofClass = (own: number) => {
    const some = halves.filter((_, i) => sounds.held.classes[i] === own);
    return some.length > 0 ? mean(some) : mean(halves);
  };
  const what = 'between the halves of a recording';
  return [
    {
      task,
      measure: `difference of ${VARIANTS} sounds of one picture`,
      value: mean(differences),
      unit: 'decibels',
      reference: { what, value: mean(halves) },
    },
    {
      task,
      measure: `the least such difference of a picture`,
      value: Math.min(...differences),
      unit: 'decibels',
      reference: {
        what: `${what}, through the tokenizer`,
        value: mean(rebuilt.map((mel) => range * betweenHalves(mel))),
      },
    },
    shareRow(
      { task, measure: 'pictures whose sounds differ more than the halves of a recording of the class' },
      differences.map((difference, i) => difference > ofClass(given[i].class)),
    ),
  ];
}

/** Of which the median is taken. */
const TIMES = 5;

/** Time of one result, from and to media, after loading. */
export async function speedClassRows(context: ClassContext): Promise<EvaluationRow[]> {
  const { model, pictures, sounds, seed, sampling, signal, onProgress } = context;
  const options = { ...sampling, seed, signal, count: undefined };
  const [picture] = pictures.held.media;
  const [sound] = sounds.held.media;
  const ways: [measure: string, once: () => Promise<unknown>][] = [
    ['one picture → sound', () => model.imageToAudio(picture, { ...options, preprocess: false })],
    ['one sound → picture', () => model.audioToImage(sound, options)],
    ['one pair from nothing', () => model.coGenerate(options)],
  ];
  const rows: EvaluationRow[] = [];
  for (const [measure, once] of ways) {
    await once(); // until what runs is compiled
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      throwIfCancelled(signal);
      const start = performance.now();
      await once();
      times.push((performance.now() - start) / 1000);
    }
    times.sort((a, b) => a - b);
    const value = times[Math.floor(TIMES / 2)];
    rows.push({ task: 'speed', measure: `${measure}, median of ${TIMES}`, value, unit: 'seconds' });
    onProgress(rows.length / ways.length);
  }
  return rows;
}

async function throughTokenizer({ model, signal }: ClassContext, mels: readonly Mel[]): Promise<Mel[]> {
  const canvases = await model.encode(
    mels.map((sound) => ({ sound })),
    { signal },
  );
  return (await model.decode(canvases, { outputs: ['mel'], signal })).map(({ mel }) => mel!);
}
