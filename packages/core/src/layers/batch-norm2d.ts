import * as tf from '@tensorflow/tfjs-core';
import { offTape } from '../autograd/off-tape.js';
import { ShapeError } from '../errors.js';
import { ones, zeros } from '../module/initializers.js';
import { Module } from '../module/module.js';
import { type Initializer, Parameter } from '../module/parameter.js';
import { normalize } from '../operations/normalize.js';

export interface BatchNorm2dOptions {
  epsilon?: number;
  /** The share of a batch in the running averages. */
  momentum?: number;
  /** Start values of the weight. */
  initialize?: Initializer;
}

/**
 * Batch normalization (Ioffe and Szegedy, 2015) as `torch.nn.BatchNorm2d` computes it: `[B, H, W, C]` →
 * `[B, H, W, C]`. In training it normalizes by the batch and takes the batch into its running averages, by which
 * it normalizes in evaluation; these are state and are not trained.
 */
export class BatchNorm2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly runningMean: Parameter;
  readonly runningVar: Parameter;
  /** Files of before PyTorch 0.4.1 have no count. */
  readonly numBatchesTracked = new Parameter([], zeros, { trainable: false, optional: true });
  private readonly epsilon: number;
  private readonly momentum: number;

  constructor(
    channels: number,
    { epsilon = 1e-5, momentum = 0.1, initialize = ones }: BatchNorm2dOptions = {},
  ) {
    super();
    this.weight = new Parameter([channels], initialize);
    this.bias = new Parameter([channels], zeros);
    this.runningMean = new Parameter([channels], zeros, { trainable: false });
    this.runningVar = new Parameter([channels], ones, { trainable: false });
    this.epsilon = epsilon;
    this.momentum = momentum;
  }

  /** @throws ShapeError in training, where a batch has one value a channel and so no variance. */
  forward(x: tf.Tensor4D, { training = false }: { training?: boolean } = {}): tf.Tensor4D {
    const [batch, height, width, channels] = x.shape;
    const rows = tf.reshape(x, [batch * height * width, channels]) as tf.Tensor2D;
    const normal = training ? this.byBatch(rows) : this.byRunningAverages(rows);
    return tf.reshape(tf.add(tf.mul(normal, this.weight.value), this.bias.value), x.shape);
  }

  private byBatch(rows: tf.Tensor2D): tf.Tensor {
    const [count] = rows.shape;
    if (count < 2) {
      throw new ShapeError(
        'Batch normalization cannot be trained on one value a channel; use a larger batch.',
      );
    }
    offTape((input) => {
      tf.tidy(() => {
        const mean = tf.mean(input, 0);
        // The running variance is the unbiased one, that of the batch is not.
        const variance = tf.mul(tf.mean(tf.square(tf.sub(input, mean)), 0), count / (count - 1));
        const follow = ({ value }: Parameter, target: tf.Tensor) =>
          value.assign(tf.add(tf.mul(value, 1 - this.momentum), tf.mul(target, this.momentum)));
        follow(this.runningMean, mean);
        follow(this.runningVar, variance);
        const { value: tracked } = this.numBatchesTracked;
        tracked.assign(tf.add(tracked, 1));
      });
      return tf.scalar(0);
    }, rows).dispose();
    return normalize(rows, (t) => tf.mean(t, 0, true), this.epsilon);
  }

  private byRunningAverages(rows: tf.Tensor2D): tf.Tensor {
    const scale = tf.rsqrt(tf.add(this.runningVar.value, this.epsilon));
    return tf.mul(tf.sub(rows, this.runningMean.value), scale);
  }
}
