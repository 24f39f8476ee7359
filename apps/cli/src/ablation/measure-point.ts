import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { VisualEchoes } from 'visual-echoes';
import { hits, prepared } from '../evaluation/evaluation-context.js';
import { type EvaluationData, type Labelled, ofClasses } from '../evaluation/evaluation-data.js';
import type { Judgement } from '../evaluation/judge.js';
import type { Judges } from '../evaluation/judges.js';
import type { Measurement } from './measurement.js';
import { pointSampling } from './point-sampling.js';
import type { Direction, Point } from './point-settings.js';

type Progress = (share: number) => void;

/** Measures points of one model on one set of data; what the data become in the model's form is kept. */
export class PointMeasurer {
  private readonly model: VisualEchoes;
  private readonly judges: Judges;
  private readonly data: EvaluationData;
  private readonly ready = new Map<Direction, Promise<{ ready: (Picture | Mel)[]; found: boolean[] }>>();

  constructor(model: VisualEchoes, judges: Judges, data: EvaluationData) {
    this.model = model;
    this.judges = judges;
    this.data = data;
  }

  /**
   * Makes the samples of one seed and has them judged. The same inputs and random numbers go to every point of that
   * seed, so that two points differ by their settings only. Each seed has the pictures that follow those of the one
   * before; recordings are fewer, and every seed has some from all of them.
   * @throws CancelledError where `signal` fires.
   */
  async measure(
    point: Point,
    { signal, onProgress }: { signal: AbortSignal | undefined; onProgress: Progress },
  ): Promise<Measurement> {
    const { direction, seed } = point;
    const { digits } = this.data[direction === 'image-to-audio' ? 'pictures' : 'sounds'];
    const { ready, found } = await this.inputs(direction, signal);
    const indices = inputIndices(point, digits.length);
    const usable = indices.filter((i) => found[i]);
    const seeds = indices.map((_, i) => new Random(seed).fork('ablation', i).bits());
    const place = found.map((_, i) => found.slice(0, i).filter(Boolean).length);
    const options = {
      ...pointSampling(point),
      seed: seeds.filter((_, i) => found[indices[i]]),
      preprocess: false,
      signal,
      onProgress,
    };
    const given = usable.map((i) => ready[place[i]]);
    const start = performance.now();
    let judgement: Judgement;
    let seconds: number;
    if (direction === 'image-to-audio') {
      const made = await this.model.imageToAudio(given as Picture[], options);
      seconds = (performance.now() - start) / 1000;
      judgement = await this.judges.judgeSounds(made.map(({ sound }) => sound));
    } else {
      const made = await this.model.audioToImage(given as Mel[], options);
      seconds = (performance.now() - start) / 1000;
      judgement = await this.judges.judgePictures(made.map(({ picture }) => picture));
    }
    const right = hits(
      indices.map((i) => digits[i]),
      judgement.classes,
      indices.map((i) => found[i]),
    );
    return asMeasurement(judgement, right, seconds / usable.length);
  }

  private inputs(direction: Direction, signal: AbortSignal | undefined) {
    const known = this.ready.get(direction);
    if (known) return known;
    const context = { signal, onProgress: () => {} };
    const asked: Promise<{ ready: (Picture | Mel)[]; found: boolean[] }> =
      direction === 'image-to-audio'
        ? prepared(context, this.data.pictures.media, (picture) => this.model.preparePicture(picture))
        : prepared(context, this.data.sounds.media, (sound) => this.model.prepareSound(sound));
    this.ready.set(direction, asked);
    return asked;
  }
}

/**
 * What real data are worth that a direction's samples are compared with: those of the part (`whole`), and as many of the
 * training part as a point has samples, of the same digits, which no model comes nearer than.
 */
export async function measureReal(
  { direction, samples, seeds }: { direction: Direction; samples: number; seeds: number },
  judges: Judges,
  data: EvaluationData,
): Promise<{ whole: Measurement; training: Measurement }> {
  const heard = direction === 'image-to-audio';
  const whole = heard
    ? await judges.judgeSounds(data.sounds.media)
    : await judges.judgePictures(data.pictures.media);
  const given = (heard ? data.pictures : data.sounds).digits;
  const wanted = Array.from({ length: seeds }, (_, i) =>
    inputIndices({ direction, samples, seed: i + 1 }, given.length).map((index) => given[index]),
  ).flat();
  const like = <Media>({ media, digits: classes }: Labelled<Media>) => ofClasses(media, classes, wanted);
  const training = heard
    ? await judges.judgeSounds(like(data.trainSounds))
    : await judges.judgePictures(like(data.trainPictures));
  const { digits } = heard ? data.sounds : data.pictures;
  return {
    whole: asMeasurement(whole, hits(digits, whole.classes), 0),
    training: asMeasurement(training, [], 0),
  };
}

/** Which of `count` media a point is given. */
function inputIndices(
  { direction, samples, seed }: Pick<Point, 'direction' | 'samples' | 'seed'>,
  count: number,
): number[] {
  return Array.from({ length: samples }, (_, i) =>
    direction === 'image-to-audio'
      ? ((seed - 1) * samples + i) % count
      : (Math.floor((i * count) / samples) + seed - 1) % count,
  );
}

const asMeasurement = (
  { features, classes }: Judgement,
  right: readonly boolean[],
  seconds: number,
): Measurement => ({
  correct: right.filter(Boolean).length,
  total: right.length,
  features,
  dimension: features.length / Math.max(1, classes.length),
  seconds,
  engine: tf.getBackend(),
});
