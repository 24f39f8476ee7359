import * as tf from '@tensorflow/tfjs-core';
import { uniform, zeros } from '../module/initializers.js';
import { linearLayout } from '../module/layout.js';
import { Module } from '../module/module.js';
import { type Initializer, Parameter } from '../module/parameter.js';
import { type Activation, linear } from '../operations/linear.js';
import type { Random } from '../random.js';

export interface LinearOptions {
  random: Random;
  bias?: boolean;
  /** Start values of the weight; PyTorch's default U(±1/√in) where it is absent, and then of the bias too. */
  initialize?: Initializer;
}

/** x·Wᵀ + b over the last axis: `[…, in]` → `[…, out]`. */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias?: Parameter;
  private readonly features: readonly [input: number, output: number];

  constructor(input: number, output: number, { random, bias = true, initialize }: LinearOptions) {
    super();
    const bound = 1 / Math.sqrt(input);
    this.features = [input, output];
    this.weight = new Parameter([output, input], initialize ?? uniform(random, bound), {
      layout: linearLayout,
      halvesKernel: 'LinearHalves',
    });
    if (bias) this.bias = new Parameter([output], initialize ? zeros : uniform(random, bound));
  }

  /** @param activation what follows, which an engine may compute along with it. */
  forward(x: tf.Tensor, { activation = 'none' }: { activation?: Activation } = {}): tf.Tensor {
    const [input, output] = this.features;
    const apply = (rows: tf.Tensor2D) =>
      linear(rows, this.weight.halves ?? this.weight.value, this.bias?.value, activation);
    if (x.rank === 2) return apply(x as tf.Tensor2D); // a reshape is a kernel too
    return tf.reshape(apply(tf.reshape(x, [-1, input])), [...x.shape.slice(0, -1), output]);
  }
}
