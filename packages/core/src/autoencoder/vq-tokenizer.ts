import * as tf from '@tensorflow/tfjs-core';
import { InvalidInputError, ShapeError, throwIfCancelled } from '../errors.js';
import { Module } from '../module/module.js';
import { Random } from '../random.js';
import type { Tokenizer } from '../tokenizer.js';
import type { VqModelConfiguration } from './configuration.js';
import { TRAINING_NAMES, VqModel } from './vq-model.js';

/** Values −1..1 of one piece of media, row-major `[height, width, channels]`. */
export type Plane = Float32Array;

type Range = readonly [low: number, high: number];

const PLANE: Range = [-1, 1];

/** Takes values of one range to another, in place. */
function rescale(values: Float32Array, from: Range, to: Range): void {
  if (from[0] === to[0] && from[1] === to[1]) return;
  const factor = (to[1] - to[0]) / (from[1] - from[0]);
  for (let i = 0; i < values.length; i++) values[i] = to[0] + (values[i] - from[0]) * factor;
}

/**
 * A tokenizer around a `VqModel`: subclasses say how a piece of media becomes the network's input and how
 * its output becomes media. Its state dict is the network's own.
 */
export abstract class VqTokenizer<Media> extends Module implements Tokenizer<Media> {
  protected override readonly unusedNames = [TRAINING_NAMES];
  readonly model: VqModel;
  readonly grid: readonly [rows: number, columns: number];
  readonly vocabulary: number;
  private readonly inputShape: readonly [height: number, width: number, channels: number];
  private readonly batchSize: number;

  /** @param batchSize how many pieces go through the network at once. */
  constructor(
    configuration: VqModelConfiguration,
    [height, width]: readonly [height: number, width: number],
    { random = new Random(0), batchSize = 32 }: { random?: Random; batchSize?: number } = {},
  ) {
    super();
    this.model = new VqModel(configuration, { random });
    const step = this.model.downsampling;
    if (height % step !== 0 || width % step !== 0) {
      throw new ShapeError(
        `A VQGAN that shrinks ${step}-fold cannot take ${height}×${width}; pad to a multiple.`,
      );
    }
    this.inputShape = [height, width, this.model.channels];
    this.grid = [height / step, width / step];
    this.vocabulary = configuration.n_embed;
    this.batchSize = batchSize;
  }

  /** One piece as the network takes it, −1..1. */
  abstract toPlane(media: Media): Plane;

  /** One piece from the network's output, which may leave −1..1 a little. */
  abstract fromPlane(plane: Plane): Media;

  /** Pieces as one tensor `[B, H, W, C]`, which the caller disposes of. */
  toTensor(media: readonly Media[]): tf.Tensor4D {
    const [height, width, channels] = this.inputShape;
    const size = height * width * channels;
    const values = new Float32Array(media.length * size);
    media.forEach((piece, i) => values.set(this.toPlane(piece), i * size));
    rescale(values, PLANE, this.model.range);
    return tf.tensor4d(values, [media.length, height, width, channels]);
  }

  async encode(media: readonly Media[], { signal }: { signal?: AbortSignal } = {}): Promise<Int32Array[]> {
    const tokens: Int32Array[] = [];
    const length = this.grid[0] * this.grid[1];
    for (let start = 0; start < media.length; start += this.batchSize) {
      throwIfCancelled(signal);
      const indices = tf.tidy(() => {
        const batch = this.toTensor(media.slice(start, start + this.batchSize));
        const vectors = tf.reshape(this.model.preQuantize(batch), [-1, this.model.quantize.dimension]);
        return this.model.quantize.nearest(vectors as tf.Tensor2D);
      });
      const flat = await indices.data<'int32'>();
      indices.dispose();
      for (let i = 0; i < flat.length; i += length)
        tokens.push(Int32Array.from(flat.subarray(i, i + length)));
    }
    return tokens;
  }

  async decode(tokens: readonly Int32Array[], { signal }: { signal?: AbortSignal } = {}): Promise<Media[]> {
    for (const piece of tokens) this.checkTokens(piece);
    const media: Media[] = [];
    const length = this.grid[0] * this.grid[1];
    for (let start = 0; start < tokens.length; start += this.batchSize) {
      throwIfCancelled(signal);
      const batch = tokens.slice(start, start + this.batchSize);
      const flat = new Int32Array(batch.length * length);
      batch.forEach((piece, i) => flat.set(piece, i * length));
      const output = tf.tidy(() =>
        this.model.decodeIndices(tf.tensor2d(flat, [batch.length, length]), this.grid),
      );
      const values = (await output.data()) as Float32Array;
      output.dispose();
      const size = values.length / batch.length;
      rescale(values, this.model.range, PLANE);
      batch.forEach((_, i) => media.push(this.fromPlane(values.slice(i * size, (i + 1) * size))));
    }
    return media;
  }

  /** The network's weights, under their published names. */
  override namedParameters() {
    return this.model.namedParameters();
  }

  private checkTokens(tokens: Int32Array): void {
    const [rows, columns] = this.grid;
    if (tokens.length !== rows * columns) {
      throw new ShapeError(
        `This tokenizer's grid is ${rows}×${columns}; ${tokens.length} tokens were given.`,
      );
    }
    const wrong = tokens.find((token) => !(token >= 0 && token < this.vocabulary));
    if (wrong !== undefined) {
      throw new InvalidInputError(
        `Token ${wrong} is not in 0..${this.vocabulary - 1}; fill every position first.`,
      );
    }
  }
}
