import * as tf from '@tensorflow/tfjs-core';
import {
  ConfigurationError,
  LabelHead,
  type LabelReading,
  Random,
  type StateDict,
  type VqTokenizer,
} from '@visual-echoes/core';
import type { Labelled } from './media-samples.js';
import type { LabelsFile } from './training-file.js';

const PREFIX = 'loss.labels.';

/** Pieces that are read at once. */
const BATCH = 32;

/** Media whose class is asked of a tokenizer's codes in a training. */
export class LabelReader<Media> {
  readonly head: LabelHead;
  private readonly weight: number;
  private readonly classes: ReadonlyMap<string | null, number>;

  constructor(
    { weight, hidden }: LabelsFile,
    { classes, tokenizer, seed }: { classes: readonly string[]; tokenizer: VqTokenizer<Media>; seed: number },
  ) {
    if (classes.length < 2) {
      throw new ConfigurationError(
        `"labels" needs two classes or more to tell apart, and there are ${classes.length}; leave it out.`,
      );
    }
    this.weight = weight;
    this.classes = new Map(classes.map((name, i) => [name, i]));
    this.head = new LabelHead({
      dimension: tokenizer.model.quantize.dimension,
      hidden,
      labels: classes.length,
      random: new Random(seed).fork('labels'),
    });
  }

  /** What the codes of these must tell; the caller disposes of its labels. */
  reading(samples: readonly Labelled<Media>[]): LabelReading {
    const labels = samples.map(({ label }) => {
      const found = this.classes.get(label);
      if (found !== undefined) return found;
      throw new ConfigurationError(
        `"labels" needs a known class of everything that is trained on, and there is ${label === null ? 'something of none' : `"${label}"`}; leave it out.`,
      );
    });
    return { head: this.head, weight: this.weight, labels: tf.tensor1d(labels, 'int32') };
  }

  /** The share of pieces whose class is the likeliest by their codes, or by the vectors before these. */
  async accuracy(
    samples: readonly Labelled<Media>[],
    tokenizer: VqTokenizer<Media>,
    { by }: { by: 'codes' | 'vectors' },
  ): Promise<number> {
    let right = 0;
    for (let from = 0; from < samples.length; from += BATCH) {
      const batch = samples.slice(from, from + BATCH);
      const best = tf.tidy(() => {
        const vectors = tokenizer.model.preQuantize(tokenizer.toTensor(batch.map(({ media }) => media)));
        const read = by === 'codes' ? tokenizer.model.quantize.forward(vectors).quantized : vectors;
        return tf.argMax(this.head.forward(read), 1);
      });
      const named = await best.data();
      best.dispose();
      right += batch.filter(({ label }, i) => this.classes.get(label) === named[i]).length;
    }
    return right / samples.length;
  }

  /** The head under names that a tokenizer passes over, as taming-transformers keeps what is for training alone. */
  async stateDict(): Promise<StateDict> {
    const state = await this.head.stateDict();
    return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [PREFIX + name, tensor]));
  }

  /** Goes on from the head of another training, where that told as many classes apart. */
  async adopt(trained: StateDict): Promise<void> {
    const own = Object.entries(await this.stateDict());
    if (!own.every(([name, { shape }]) => trained[name]?.shape.join() === shape.join())) return;
    this.head.loadStateDict(
      Object.fromEntries(own.map(([name]) => [name.slice(PREFIX.length), trained[name]])),
    );
  }

  dispose(): void {
    this.head.dispose();
  }
}
