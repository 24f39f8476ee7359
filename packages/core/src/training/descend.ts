import * as tf from '@tensorflow/tfjs-core';
import { type Gradients, valueAndGradients } from '../autograd/value-and-gradients.js';
import { ConfigurationError } from '../errors.js';
import type { Parameter } from '../module/parameter.js';
import { clipGradientNorm } from './clip-gradient-norm.js';
import type { Optimizer } from './optimizer.js';

/** A loss to descend on, and figures computed with it. */
export interface LossAndMetrics {
  loss: tf.Scalar;
  metrics?: Record<string, tf.Scalar>;
}

/** What `descend` saw on its way. */
export interface Descent {
  loss: number;
  metrics: Record<string, number>;
  /** Before clipping; absent where nothing is clipped. */
  gradientNorm?: number | undefined;
}

export interface DescendOptions {
  /** Those that learn. */
  parameters: ReadonlyMap<string, Parameter>;
  /**
   * Computed inside the gradient tape. Of a list the sum is descended on, one part's tape after the other, so that a
   * batch need not fit into memory as a whole; metrics of one name are added up.
   */
  loss: (() => LossAndMetrics) | readonly (() => LossAndMetrics)[];
  optimizer: Optimizer;
  learningRate: number;
  /** The largest norm of all gradients together. */
  clipNorm?: number | undefined;
}

/** One step of one optimizer down one loss; every other weight that the loss sees stays as it is. */
export async function descend({
  parameters,
  loss,
  optimizer,
  learningRate,
  clipNorm,
}: DescendOptions): Promise<Descent> {
  const values: tf.Scalar[] = [];
  const seen: [name: string, metric: tf.Scalar][] = [];
  let gradients: Gradients | undefined;
  for (const part of typeof loss === 'function' ? [loss] : loss) {
    const own = valueAndGradients(() => {
      const result = part();
      for (const [name, metric] of Object.entries(result.metrics ?? {}))
        seen.push([name, tf.keep(tf.clone(metric))]);
      return result.loss;
    }, parameters);
    values.push(own.value);
    gradients = gradients ? addInto(gradients, own.gradients) : own.gradients;
  }
  if (!gradients) throw new ConfigurationError('There is no loss to descend on; give at least one part.');
  const gradientNorm = await applyGradients({ gradients, optimizer, learningRate, clipNorm });
  let sum = 0;
  for (const value of values) sum += await takeNumber(value);
  const metrics: Record<string, number> = {};
  for (const [name, metric] of seen) metrics[name] = (metrics[name] ?? 0) + (await takeNumber(metric));
  return { loss: sum, metrics, gradientNorm };
}

/** Adds `more` to `sums`, and disposes of what both were, so that there are never more than two of a parameter. */
function addInto(sums: Gradients, more: Gradients): Gradients {
  for (const [name, gradient] of more) {
    const before = sums.get(name)!;
    sums.set(name, tf.add(before, gradient));
    tf.dispose([before, gradient]);
  }
  return sums;
}

/** Clips gradients that were computed elsewhere, gives them to the optimizer and disposes of them; their norm. */
export async function applyGradients({
  gradients: raw,
  optimizer,
  learningRate,
  clipNorm,
}: { gradients: Gradients } & Pick<DescendOptions, 'optimizer' | 'learningRate' | 'clipNorm'>): Promise<
  number | undefined
> {
  const { clipped: gradients, norm } = clipNorm
    ? clipGradientNorm(raw, clipNorm)
    : { clipped: raw, norm: undefined };
  optimizer.step(gradients, learningRate);
  tf.dispose([...gradients.values()]);
  return norm && (await takeNumber(norm));
}

async function takeNumber(scalar: tf.Scalar): Promise<number> {
  const [value] = await scalar.data();
  scalar.dispose();
  return value;
}
