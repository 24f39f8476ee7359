import * as tf from '@tensorflow/tfjs-core';
import { type Gradients, valueAndGradients } from '../autograd/value-and-gradients.js';
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
  /** Computed inside the gradient tape. */
  loss: () => LossAndMetrics;
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
  const metricTensors: Record<string, tf.Scalar> = {};
  const { value, gradients } = valueAndGradients(() => {
    const result = loss();
    for (const [name, metric] of Object.entries(result.metrics ?? {}))
      metricTensors[name] = tf.keep(tf.clone(metric));
    return result.loss;
  }, parameters);
  const gradientNorm = await applyGradients({ gradients, optimizer, learningRate, clipNorm });
  const lossValue = await takeNumber(value);
  const metrics: Record<string, number> = {};
  for (const [name, metric] of Object.entries(metricTensors)) metrics[name] = await takeNumber(metric);
  return { loss: lossValue, metrics, gradientNorm };
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
