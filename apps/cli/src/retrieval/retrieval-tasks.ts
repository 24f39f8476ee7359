import { emptyCanvas } from '@visual-echoes/core';
import { type EvaluationRow, shareRow } from '../evaluation/evaluation-row.js';
import { exampleIndices } from '../evaluation/example.js';
import { encode, fill } from './fill.js';
import { givenFrames, nearestFrame } from './given-frames.js';
import type { RetrievalContext } from './retrieval-context.js';
import { byChance, caption, retrievalRows } from './retrieval-rows.js';
import { retrieve } from './retrieve.js';

/** Frames → sounds: whether each is nearest to its own clip's. */
export async function imageToAudioRows(context: RetrievalContext): Promise<EvaluationRow[]> {
  const { model, clips, frames: count, distances, signal } = context;
  const task = 'image-to-audio';
  const given = givenFrames(clips, count);
  const canvases = await encode(
    given.map(({ picture }) => ({ picture })),
    'imageToAudio',
    context,
  );
  const filled = await fill(canvases, 'imageToAudio', context);
  const made = (await model.decode(filled, { outputs: ['mel'], signal })).map(({ mel }) => mel!);
  const found = made.map((mel, i) => retrieve(distances.mel(mel), given[i].own));
  const shown = exampleIndices(made.length);
  const originals = shown.map((i) => clips[given[i].own].mel);
  await context.onExamples(task, async () => {
    const sounds = await model.vocode([...shown.map((i) => made[i]), ...originals], { signal });
    return shown.map((i, n) => ({
      caption: caption(clips, found[i]),
      given: { picture: given[i].picture },
      made: { mel: made[i], sound: sounds[n] },
      original: { mel: originals[n], sound: sounds[shown.length + n] },
    }));
  });
  await context.onSheet(
    `${task}-mels`,
    shown.flatMap((i, n) => [originals[n], made[i]]),
    2,
  );
  return retrievalRows(task, found, { unit: 'decibels', clips: clips.length, nearTo: 'sound' });
}

/** Sounds → frames: whether each is nearest to those of its own clip. */
export async function audioToImageRows(context: RetrievalContext): Promise<EvaluationRow[]> {
  const { model, clips, distances, signal } = context;
  const task = 'audio-to-image';
  const canvases = await model.encode(
    clips.map(({ mel }) => ({ sound: mel })),
    { signal },
  );
  const filled = await fill(canvases, 'audioToImage', context);
  const made = (await model.decode(filled, { outputs: ['picture'], signal })).map(({ picture }) => picture!);
  const found = made.map((picture, own) => retrieve(distances.picture(picture), own));
  const shown = exampleIndices(made.length);
  const originals = shown.map((i) => nearestFrame(made[i], clips[i].frames));
  await context.onExamples(task, async () => {
    const mels = shown.map((i) => clips[i].mel);
    const sounds = await model.vocode(mels, { signal });
    return shown.map((i, n) => ({
      caption: caption(clips, found[i]),
      given: { mel: mels[n], sound: sounds[n] },
      made: { picture: made[i] },
      original: { picture: originals[n] },
    }));
  });
  const above = [...originals, ...shown.map((i) => made[i])];
  await context.onSheet(`${task}-pictures`, above, shown.length);
  return retrievalRows(task, found, { unit: 'distance', clips: clips.length, nearTo: 'frames' });
}

/** Pairs from nothing, as many as there are clips: whether picture and sound are nearest to one and the same. */
export async function coGenerationRows(context: RetrievalContext): Promise<EvaluationRow[]> {
  const { model, clips, distances, signal } = context;
  const task = 'co-generation';
  const nothing = clips.map(() => emptyCanvas(model.fields));
  const variants = clips.map((_, i) => i);
  const filled = await fill(nothing, 'coGenerate', context, variants);
  const made = await model.decode(filled, { outputs: ['picture', 'mel'], signal });
  const nearest = made.map(({ picture, mel }) => ({
    seen: retrieve(distances.picture(picture!), 0).nearest,
    heard: retrieve(distances.mel(mel!), 0).nearest,
  }));
  await context.onExamples(task, async () => {
    const shown = exampleIndices(made.length);
    const mels = shown.map((i) => made[i].mel!);
    const sounds = await model.vocode(mels, { signal });
    return shown.map((i, n) => ({
      caption: `picture: ${clips[nearest[i].seen].id}, sound: ${clips[nearest[i].heard].id}`,
      made: { picture: made[i].picture, mel: mels[n], sound: sounds[n] },
    }));
  });
  return [
    shareRow(
      { task, measure: 'picture and sound nearest to one clip', reference: byChance(clips.length) },
      nearest.map(({ seen, heard }) => seen === heard),
    ),
    {
      task,
      measure: 'clips that the pictures are nearest to',
      value: new Set(nearest.map(({ seen }) => seen)).size,
      unit: 'count',
      reference: { what: 'in all', value: clips.length },
    },
  ];
}

/** Frames and sounds through the tokenizers and back: what no transformer can be better than. */
export async function reconstructionRows(context: RetrievalContext): Promise<EvaluationRow[]> {
  const { model, clips, frames: count, distances, signal, onProgress } = context;
  const task = 'reconstruction';
  const given = givenFrames(clips, count);
  const pictures = await model.encode(
    given.map(({ picture }) => ({ picture })),
    { preprocess: false, signal },
  );
  const sounds = await model.encode(
    clips.map(({ mel }) => ({ sound: mel })),
    { signal },
  );
  onProgress(0.5);
  const redrawn = await model.decode(pictures, { outputs: ['picture'], signal });
  const rebuilt = await model.decode(sounds, { outputs: ['mel'], signal });
  const seen = redrawn.map(({ picture }, i) => retrieve(distances.picture(picture!), given[i].own));
  const heard = rebuilt.map(({ mel }, own) => retrieve(distances.mel(mel!), own));
  return [
    ...retrievalRows(task, heard, { unit: 'decibels', clips: clips.length, nearTo: 'sound' }),
    ...retrievalRows(task, seen, { unit: 'distance', clips: clips.length, nearTo: 'frames' }),
  ];
}

/** What can be measured over a dataset, in the order of the table. */
export const RETRIEVAL_TASKS = {
  'image-to-audio': imageToAudioRows,
  'audio-to-image': audioToImageRows,
  'co-generation': coGenerationRows,
  reconstruction: reconstructionRows,
};

export type RetrievalTask = keyof typeof RETRIEVAL_TASKS;
