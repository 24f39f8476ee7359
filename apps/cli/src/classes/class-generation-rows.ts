import { emptyCanvas } from '@visual-echoes/core';
import { hits } from '../evaluation/evaluation-context.js';
import { type EvaluationRow, shareRow } from '../evaluation/evaluation-row.js';
import { exampleIndices } from '../evaluation/example.js';
import { encode, fill } from '../retrieval/fill.js';
import { byChance } from '../retrieval/retrieval-rows.js';
import type { ClassContext } from './class-context.js';
import { accuracyRows, classDistanceRow, memorisationRows } from './class-rows.js';

/** Pictures → sounds, named by the classifier. */
export async function imageToAudioClassRows(context: ClassContext): Promise<EvaluationRow[]> {
  const { model, pictures, sounds, classes, signal } = context;
  const task = 'image-to-audio';
  const { media: given, classes: wanted } = pictures.held;
  const start = performance.now();
  const canvases = await encode(
    given.map((picture) => ({ picture })),
    'imageToAudio',
    context,
  );
  const filled = await fill(canvases, 'imageToAudio', context);
  const made = (await model.decode(filled, { outputs: ['mel'], signal })).map(({ mel }) => mel!);
  const seconds = (performance.now() - start) / 1000 / made.length;
  const named = await sounds.judge(made);
  await context.onExamples(`${task} by class`, async () => {
    const shown = exampleIndices(made.length);
    const heard = await model.vocode(
      shown.map((i) => made[i]),
      { signal },
    );
    return shown.map((i, n) => ({
      caption: caption(classes, wanted[i], 'heard', named.classes[i]),
      given: { picture: given[i] },
      made: { mel: made[i], sound: heard[n] },
    }));
  });
  return [
    ...(await accuracyRows(context, sounds, { task, named, wanted })),
    await classDistanceRow(sounds, { task, named, wanted }),
    ...(await memorisationRows(sounds, { task, made })),
    timeRow(task, seconds),
  ];
}

/** Sounds → pictures, named by the classifier. */
export async function audioToImageClassRows(context: ClassContext): Promise<EvaluationRow[]> {
  const { model, pictures, sounds, classes, signal } = context;
  const task = 'audio-to-image';
  const { media: given, classes: wanted } = sounds.held;
  const start = performance.now();
  const canvases = await model.encode(
    given.map((sound) => ({ sound })),
    { signal },
  );
  const filled = await fill(canvases, 'audioToImage', context);
  const made = (await model.decode(filled, { outputs: ['picture'], signal })).map(({ picture }) => picture!);
  const seconds = (performance.now() - start) / 1000 / made.length;
  const named = await pictures.judge(made);
  await context.onExamples(`${task} by class`, async () => {
    const shown = exampleIndices(made.length);
    const mels = shown.map((i) => given[i]);
    const heard = await model.vocode(mels, { signal });
    return shown.map((i, n) => ({
      caption: caption(classes, wanted[i], 'seen', named.classes[i]),
      given: { mel: mels[n], sound: heard[n] },
      made: { picture: made[i] },
    }));
  });
  await context.onSheet(`${task}-by-class-pictures`, made, COLUMNS);
  return [
    ...(await accuracyRows(context, pictures, { task, named, wanted })),
    await classDistanceRow(pictures, { task, named, wanted }),
    ...(await memorisationRows(pictures, { task, made })),
    timeRow(task, seconds),
  ];
}

/** Pairs from nothing: whether picture and sound are of one class, and how often each class comes. */
export async function coGenerationClassRows(context: ClassContext): Promise<EvaluationRow[]> {
  const { model, pictures, sounds, classes, pairs, signal } = context;
  const task = 'co-generation';
  const numbers = Array.from({ length: pairs }, (_, i) => i);
  const nothing = numbers.map(() => emptyCanvas(model.fields));
  const filled = await fill(nothing, 'coGenerate', context, numbers);
  const made = await model.decode(filled, { outputs: ['picture', 'mel'], signal });
  const drawn = made.map(({ picture }) => picture!);
  const mels = made.map(({ mel }) => mel!);
  const seen = await pictures.judge(drawn);
  const heard = await sounds.judge(mels);
  await context.onSheet(`${task}-by-class-pictures`, drawn.slice(0, COLUMNS ** 2), COLUMNS);
  const wanted = numbers.map((i) => i % classes.length);
  const evenly = { what: 'evenly', value: 1 / classes.length };
  const shares = [
    { medium: pictures, named: seen },
    { medium: sounds, named: heard },
  ].flatMap(({ medium, named }) =>
    classes.map((name, i) =>
      shareRow(
        { task, measure: `share of the ${medium.name}s: ${name}`, reference: evenly },
        Array.from(named.classes, (one) => one === i),
      ),
    ),
  );
  return [
    shareRow(
      { task, measure: 'picture and sound of one class', reference: byChance(classes.length) },
      hits(seen.classes, heard.classes),
    ),
    ...shares,
    await classDistanceRow(pictures, { task, named: seen, wanted }),
    await classDistanceRow(sounds, { task, named: heard, wanted }),
    ...(await memorisationRows(pictures, { task, made: drawn })),
    ...(await memorisationRows(sounds, { task, made: mels })),
  ];
}

/** Of a sheet. */
const COLUMNS = 10;

const timeRow = (task: string, seconds: number): EvaluationRow => ({
  task,
  measure: 'time a sample, in batches, without a vocoder',
  value: seconds,
  unit: 'seconds',
});

function caption(classes: readonly string[], wanted: number, verb: string, named: number): string {
  return named === wanted ? classes[wanted] : `${classes[wanted]}, ${verb} as ${classes[named]}`;
}
