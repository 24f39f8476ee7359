import { throwIfCancelled } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { VisualEchoes } from 'visual-echoes';
import { ofClasses, spread } from '../evaluation/evaluation-data.js';
import type { EvaluationRow } from '../evaluation/evaluation-row.js';
import type { Judgement } from '../evaluation/judge.js';
import { makeSmall, pictureDistances } from '../retrieval/distances.js';
import { inForm } from '../retrieval/read-clips.js';
import type { ClassJudges } from './class-judges.js';
import type { LabelledMedia } from './labelled-media.js';
import { NearestMel } from './nearest-mel.js';

/** Pictures or sounds: the real ones, what names their classes, and how near they are to those trained on. */
export interface ClassMedium<Media> {
  /** As in "nearest training sound". */
  name: 'sound' | 'picture';
  /** As in "heard right". */
  verb: 'heard' | 'seen';
  /** Of the distances. */
  unit: EvaluationRow['unit'] & ('decibels' | 'distance');
  /** Those held back, with their classes. */
  held: { media: readonly Media[]; classes: readonly number[] };
  judge(media: readonly Media[]): Promise<Judgement>;
  /** What is made of those held back; asked once. */
  judgeHeld(): Promise<Judgement>;
  /** Real ones of the training with these classes. */
  training(classes: readonly number[]): Promise<Media[]>;
  /** The distance of each to the nearest one trained on. @throws CancelledError. */
  nearest(media: readonly Media[]): Promise<number[]>;
  /** The same of those held back; asked once. */
  nearestOfHeld(): Promise<number[]>;
}

export interface ClassMediumOptions {
  train: LabelledMedia;
  test: LabelledMedia;
  model: VisualEchoes;
  judges: ClassJudges;
  /** Of those held back, at most so many, evenly spread. */
  limit: number;
  signal?: AbortSignal | undefined;
}

/** The mel spectrograms of a dataset. */
export function soundMedium({
  train,
  test,
  model,
  judges,
  limit,
  signal,
}: ClassMediumOptions): ClassMedium<Mel> {
  const { minDb, maxDb } = model.manifest.parts.audio.mel.scaling;
  const mels = train.sounds.map(({ mel }) => mel);
  const classes = train.sounds.map((sound) => sound.class);
  const near = new NearestMel(mels, maxDb - minDb);
  const sounds = spread(test.sounds, limit);
  return asked({
    ...{ name: 'sound', verb: 'heard', unit: 'decibels' },
    held: { media: sounds.map(({ mel }) => mel), classes: sounds.map((sound) => sound.class) },
    judge: (media) => judges.judgeMels(media, { signal }),
    training: async (wanted) => ofClasses(mels, classes, wanted),
    nearest: (media) => oneByOne(media, (mel) => near.distance(mel), signal),
  });
}

/** The pictures of a dataset, in the form of the model. */
export async function pictureMedium({
  train,
  test,
  model,
  judges,
  limit,
  signal,
}: ClassMediumOptions): Promise<ClassMedium<Picture>> {
  const small: { frames: Picture[] }[] = [];
  for (const { decode } of train.pictures) {
    throwIfCancelled(signal);
    small.push({ frames: [makeSmall(inForm(await decode(), model))] });
  }
  const distances = pictureDistances(small);
  const pictures = spread(test.pictures, limit);
  const inFormOf = async (some: readonly LabelledMedia['pictures'][number][]) => {
    const decoded: Picture[] = [];
    for (const { decode } of some) decoded.push(inForm(await decode(), model));
    return decoded;
  };
  const classes = train.pictures.map((picture) => picture.class);
  return asked({
    ...{ name: 'picture', verb: 'seen', unit: 'distance' },
    held: { media: await inFormOf(pictures), classes: pictures.map((picture) => picture.class) },
    judge: (media) => judges.judgePictures(media, { signal }),
    training: (wanted) => inFormOf(ofClasses(train.pictures, classes, wanted)),
    nearest: (media) =>
      oneByOne(media, (picture) => distances(picture).reduce((a, b) => Math.min(a, b)), signal),
  });
}

function asked<Media>(medium: Omit<ClassMedium<Media>, 'judgeHeld' | 'nearestOfHeld'>): ClassMedium<Media> {
  let judgement: Promise<Judgement> | undefined;
  let nearest: Promise<number[]> | undefined;
  return {
    ...medium,
    judgeHeld: () => {
      judgement ??= medium.judge(medium.held.media);
      return judgement;
    },
    nearestOfHeld: () => {
      nearest ??= medium.nearest(medium.held.media);
      return nearest;
    },
  };
}

async function oneByOne<Media>(
  media: readonly Media[],
  distance: (one: Media) => number,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const distances: number[] = [];
  for (const one of media) {
    await new Promise((resolve) => setTimeout(resolve)); // a turn for whatever may fire the signal
    throwIfCancelled(signal);
    distances.push(distance(one));
  }
  return distances;
}
