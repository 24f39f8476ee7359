import * as tf from '@tensorflow/tfjs-core';
import { normal } from '../module/initializers.js';
import { type Layout, sizeOf } from '../module/layout.js';
import { Module } from '../module/module.js';
import { type Initializer, Parameter } from '../module/parameter.js';
import type { Random } from '../random.js';

/**
 * How a weight is written: as it is; as a length and a direction (Salimans and Kingma, 2016; `weight_norm` of PyTorch);
 * or divided by its largest singular value (Miyato et al., 2018; `spectral_norm` of PyTorch).
 */
export type WeightForm = 'plain' | 'weight-norm' | 'spectral-norm';

export interface ReparametrizedWeightOptions {
  /** In the file; the first axis is the one of which every entry has its own norm. */
  shape: readonly number[];
  layout: Layout;
  /** Makes the weight's initializer; of two calls both give the same values. */
  initialize: () => Initializer;
  form: WeightForm;
  random: Random;
}

/** The state-dict names are those of PyTorch's `weight_norm` and `spectral_norm`. */
export abstract class ReparametrizedWeight extends Module {
  readonly weight?: Parameter;
  readonly weightG?: Parameter;
  readonly weightV?: Parameter;
  readonly weightOrig?: Parameter;
  readonly weightU?: Parameter;

  constructor({ shape, layout, initialize, form, random }: ReparametrizedWeightOptions) {
    super();
    const [rows, ...rest] = shape;
    const columns = sizeOf(rest);
    if (form === 'plain') {
      this.weight = new Parameter(shape, initialize(), { layout });
    } else if (form === 'weight-norm') {
      const lengths: Initializer = () => rowNorms(initialize()(rows * columns), rows);
      this.weightG = new Parameter([rows, ...rest.map(() => 1)], lengths, { layout });
      this.weightV = new Parameter(shape, initialize(), { layout });
    } else {
      const direction = (): Initializer => {
        const draw = normal(random, 1);
        return (length) => {
          const values = draw(length);
          const [norm] = rowNorms(values, 1);
          return values.map((value) => value / norm);
        };
      };
      this.weightOrig = new Parameter(shape, initialize(), { layout });
      this.weightU = new Parameter([rows], direction(), { trainable: false });
      this.weightV = new Parameter([columns], direction(), { trainable: false });
    }
  }

  /** The weight itself, in memory's layout, with its gradient where a tape runs. */
  protected effectiveWeight(): tf.Tensor {
    if (this.weight) return this.weight.value;
    if (this.weightG && this.weightV) {
      const [g, v] = [this.weightG.value, this.weightV.value];
      const axes = g.shape.flatMap((length, axis) => (length === 1 ? [axis] : []));
      // A weight of one row has length 1 there too, and all its axes are summed over.
      return tf.mul(v, tf.div(g, tf.sqrt(tf.sum(tf.square(v), axes, true))));
    }
    const { orig, u, v } = this.spectralParts();
    const sigma = tf.sum(tf.mul(u.value, tf.squeeze(tf.matMul(rowsOf(orig), column(v.value)), [1])));
    return tf.div(orig.value, sigma);
  }

  /** One power iteration of a spectral norm, as PyTorch takes before every pass in training; else nothing. */
  iterateSpectralNorm(): void {
    if (!this.weightOrig) return;
    const { orig, u, v } = this.spectralParts();
    tf.tidy(() => {
      const rows = rowsOf(orig);
      v.value.assign(unit(tf.squeeze(tf.matMul(rows, column(u.value), true), [1])));
      u.value.assign(unit(tf.squeeze(tf.matMul(rows, column(v.value)), [1])));
    });
  }

  private spectralParts() {
    return { orig: this.weightOrig!, u: this.weightU!, v: this.weightV! };
  }
}

/** One power iteration of every spectral norm in a module; training does it before each pass. */
export function iterateSpectralNorms(part: unknown): void {
  if (part instanceof ReparametrizedWeight) part.iterateSpectralNorm();
  else if (Array.isArray(part)) part.forEach(iterateSpectralNorms);
  else if (part instanceof Module) Object.values(part).forEach(iterateSpectralNorms);
}

/** Euclidean norms of the `rows` equal parts of `values`. */
export function rowNorms(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  return Float32Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) sum += values[i] * values[i];
    return Math.sqrt(sum);
  });
}

/** A weight as PyTorch's matrix [rows, columns]. */
function rowsOf({ value, layout, shape }: Parameter): tf.Tensor2D {
  const axes = layout.memoryAxes;
  const inFile = axes
    ? tf.transpose(
        value,
        shape.map((_, axis) => axes.indexOf(axis)),
      )
    : value;
  return tf.reshape(inFile, [shape[0], -1]);
}

const column = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [-1, 1]);

const unit = (x: tf.Tensor) => tf.div(x, tf.maximum(tf.norm(x), 1e-12));
