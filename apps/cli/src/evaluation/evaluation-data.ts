import type { Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { DataFolders } from '../data/data-folders.js';
import { readFsdd, type SpokenDigit } from '../data/fsdd.js';
import { type LabelledPictures, MNIST_SIDE, pictureAt, readMnist } from '../data/mnist.js';

/** Media with their digits. */
export interface Labelled<Media> {
  media: readonly Media[];
  digits: readonly number[];
}

/** What a model is measured on. */
export interface EvaluationData {
  pictures: Labelled<Picture>;
  sounds: Labelled<Waveform>;
  /** Real data of the training parts, to compare distances with: see `ofClasses`. */
  trainPictures: Labelled<Picture>;
  trainSounds: Labelled<Waveform>;
}

/** Of MNIST's training part the last pictures, which the tokenizers and the transformer are not trained on. */
const VALIDATION_PICTURES = 1000;

/**
 * Reads the test parts, or the parts kept back from training (`validation`) to search settings with; of each, at
 * most `limit` spread evenly over the recordings, and the first ones of the pictures.
 */
export async function readEvaluationData(
  { mnist, fsdd }: DataFolders,
  { validation = false, limit = Number.POSITIVE_INFINITY }: { validation?: boolean; limit?: number } = {},
): Promise<EvaluationData> {
  const train = await readMnist(mnist, 'train');
  const firstKept = Math.max(0, train.count - VALIDATION_PICTURES);
  const pictures = validation
    ? slice(train, firstKept, train.count)
    : slice(await readMnist(mnist, 'test'), 0, 1000);
  const sounds = await readFsdd(fsdd, validation ? 'validation' : 'test');
  return {
    pictures: { media: pictures.media.slice(0, limit), digits: pictures.digits.slice(0, limit) },
    sounds: labelled(spread(sounds, limit)),
    trainPictures: slice(train, 0, 2000),
    trainSounds: labelled(await readFsdd(fsdd, 'train')),
  };
}

function slice(data: LabelledPictures, start: number, end: number): Labelled<Picture> {
  const indices = Array.from({ length: Math.min(end, data.count) - start }, (_, i) => start + i);
  return {
    media: indices.map((i) => ({
      width: MNIST_SIDE,
      height: MNIST_SIDE,
      channels: 1,
      data: pictureAt(data, i),
    })),
    digits: indices.map((i) => data.labels[i]),
  };
}

const labelled = (recordings: readonly SpokenDigit[]): Labelled<Waveform> => ({
  media: recordings.map(({ sound }) => sound),
  digits: recordings.map(({ digit }) => digit),
});

/**
 * A medium for each of the wanted classes, each once as long as they last, spread over all of that class. Samples made of
 * inputs have the inputs' share of each class, and so must real ones that a distance of theirs is compared with.
 */
export function ofClasses<Media>(
  media: readonly Media[],
  classes: ArrayLike<number>,
  wanted: readonly number[],
): Media[] {
  const own = new Map<number, Media[]>();
  for (const one of new Set(wanted)) {
    const all = media.filter((_, i) => classes[i] === one);
    own.set(one, spread(all, wanted.filter((other) => other === one).length));
  }
  const taken = new Map<number, number>();
  return wanted.flatMap((one) => {
    const of = own.get(one)!;
    const next = taken.get(one) ?? 0;
    taken.set(one, next + 1);
    return of.length === 0 ? [] : [of[next % of.length]];
  });
}

/** At most `count` of a list, evenly spaced. */
export function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]);
}
