import * as tf from '@tensorflow/tfjs-core';
import type { Gradients } from '../autograd/value-and-gradients.js';
import { CheckpointError } from '../errors.js';
import type { Parameter } from '../module/parameter.js';
import type { StateDict } from '../module/state-dict.js';
import { adamWUpdate } from '../operations/adamw-update.js';
import type { Optimizer } from './optimizer.js';

export interface AdamWOptions {
  betas?: readonly [number, number];
  epsilon?: number;
  /** Decoupled decay; 0 makes this Adam. */
  weightDecay?: number;
  /** Which parameters decay; by default matrices and filters do, biases and norms do not. */
  decays?: (name: string, parameter: Parameter) => boolean;
  /** A factor on the learning rate of a parameter group. */
  rateScale?: (name: string, parameter: Parameter) => number;
}

interface Moments {
  first: tf.Variable;
  second: tf.Variable;
}

/** AdamW (Loshchilov and Hutter, 2019) as `torch.optim.AdamW` computes it. */
export class AdamW implements Optimizer {
  /** Steps taken. */
  steps = 0;
  private readonly parameters: ReadonlyMap<string, Parameter>;
  private readonly moments = new Map<string, Moments>();
  private readonly options: Required<AdamWOptions>;

  constructor(
    parameters: ReadonlyMap<string, Parameter>,
    {
      betas = [0.9, 0.999],
      epsilon = 1e-8,
      weightDecay = 0.01,
      decays = (_, parameter) => parameter.shape.filter((n) => n > 1).length > 1,
      rateScale = () => 1,
    }: AdamWOptions = {},
  ) {
    this.parameters = parameters;
    this.options = { betas, epsilon, weightDecay, decays, rateScale };
  }

  /** Changes every parameter that has a gradient. */
  step(gradients: Gradients, learningRate: number): void {
    this.steps++;
    const { betas, epsilon, weightDecay, decays, rateScale } = this.options;
    const [beta1, beta2] = betas;
    const correction2 = Math.sqrt(1 - beta2 ** this.steps);
    for (const [name, parameter] of this.parameters) {
      const gradient = gradients.get(name);
      if (!gradient) continue;
      const { first, second } = this.momentsOf(name, parameter);
      const rate = learningRate * rateScale(name, parameter);
      // Both corrections are taken into the step and ε: a pass over the weights less.
      const stepSize = (rate * correction2) / (1 - beta1 ** this.steps);
      tf.tidy(() => {
        const decay = decays(name, parameter) ? rate * weightDecay : 0;
        const attributes = { beta1, beta2, stepSize, epsilon: epsilon * correction2, keep: 1 - decay };
        const [weight, m, v] = adamWUpdate(parameter.value, first, second, gradient, attributes);
        parameter.value.assign(weight);
        first.assign(m);
        second.assign(v);
      });
    }
  }

  /** The moments, in memory's layout, for a checkpoint. */
  async stateDict(): Promise<StateDict> {
    const state: StateDict = {};
    for (const [name, { first, second }] of this.moments) {
      state[`first.${name}`] = { shape: first.shape, data: (await first.data()) as Float32Array };
      state[`second.${name}`] = { shape: second.shape, data: (await second.data()) as Float32Array };
    }
    return state;
  }

  /** Goes on from a checkpoint. */
  loadStateDict(state: StateDict, steps: number): void {
    for (const [name, parameter] of this.parameters) {
      const first = state[`first.${name}`];
      const second = state[`second.${name}`];
      if (!first && !second) continue;
      const moments = this.momentsOf(name, parameter);
      if (first?.data.length !== parameter.size || second?.data.length !== parameter.size) {
        throw new CheckpointError(
          `The checkpoint's moments of ${name} do not fit it; start the training anew.`,
        );
      }
      tf.tidy(() => {
        moments.first.assign(tf.tensor(first.data, moments.first.shape));
        moments.second.assign(tf.tensor(second.data, moments.second.shape));
      });
    }
    this.steps = steps;
  }

  dispose(): void {
    for (const { first, second } of this.moments.values()) tf.dispose([first, second]);
    this.moments.clear();
  }

  private momentsOf(name: string, parameter: Parameter): Moments {
    let moments = this.moments.get(name);
    if (!moments) {
      const zero = () => tf.tidy(() => tf.variable(tf.zerosLike(parameter.value), false));
      moments = { first: zero(), second: zero() };
      this.moments.set(name, moments);
    }
    return moments;
  }
}
