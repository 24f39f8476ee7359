import * as tf from '@tensorflow/tfjs-core';
import type { Gradients } from '../autograd/value-and-gradients.js';
import { CheckpointError } from '../errors.js';
import type { Parameter } from '../module/parameter.js';
import type { StateDict } from '../module/state-dict.js';
import { AdamW, type AdamWOptions } from './adamw.js';
import type { Optimizer } from './optimizer.js';

export interface MuonOptions {
  /** Which matrices take orthogonal steps: those within a network, not word tables, first or last layers. */
  orthogonalizes: (name: string, parameter: Parameter) => boolean;
  /** Of the gradients' average, in Nesterov's form. */
  momentum?: number;
  /** Decoupled decay of those matrices; 0 by default. */
  weightDecay?: number;
  /** For all other parameters. */
  adamW?: AdamWOptions;
}

/**
 * Muon (Jordan et al. 2024): the step of a matrix is its gradients' average made orthogonal, so that all directions
 * are learnt alike and not only the few that dominate the gradient. The steps are scaled to the size of AdamW's (Liu
 * et al. 2025, equation 4), so that one learning rate serves both. Other parameters go by AdamW.
 */
export class Muon implements Optimizer {
  private readonly matrices: ReadonlyMap<string, Parameter>;
  private readonly averages = new Map<string, tf.Variable>();
  private readonly momentum: number;
  private readonly weightDecay: number;
  private readonly others: AdamW;

  constructor(
    parameters: ReadonlyMap<string, Parameter>,
    { orthogonalizes, momentum = 0.95, weightDecay = 0, adamW }: MuonOptions,
  ) {
    const entries = [...parameters];
    const isMatrix = ([name, parameter]: [string, Parameter]) =>
      parameter.shape.length === 2 && orthogonalizes(name, parameter);
    this.matrices = new Map(entries.filter(isMatrix));
    this.others = new AdamW(new Map(entries.filter((entry) => !isMatrix(entry))), adamW);
    this.momentum = momentum;
    this.weightDecay = weightDecay;
  }

  get steps(): number {
    return this.others.steps;
  }

  step(gradients: Gradients, learningRate: number): void {
    this.others.step(gradients, learningRate);
    for (const [name, parameter] of this.matrices) {
      const gradient = gradients.get(name);
      if (!gradient) continue;
      const average = this.averageOf(name, parameter);
      tf.tidy(() => {
        const mean = tf.add(tf.mul(average, this.momentum), tf.mul(gradient, 1 - this.momentum));
        const ahead = tf.add(tf.mul(mean, this.momentum), tf.mul(gradient, 1 - this.momentum));
        const [rows, columns] = parameter.value.shape;
        // An orthogonal matrix has entries of mean square 1/max(rows, columns); AdamW's steps have 0.2² to 0.4².
        const size = learningRate * 0.2 * Math.sqrt(Math.max(rows, columns));
        const kept = tf.mul(parameter.value, 1 - learningRate * this.weightDecay);
        parameter.value.assign(tf.sub(kept, tf.mul(orthogonalized(ahead as tf.Tensor2D), size)));
        average.assign(mean);
      });
    }
  }

  async stateDict(): Promise<StateDict> {
    const state: StateDict = {};
    for (const [name, tensor] of Object.entries(await this.others.stateDict()))
      state[`adamw.${name}`] = tensor;
    for (const [name, average] of this.averages) {
      state[`average.${name}`] = { shape: average.shape, data: (await average.data()) as Float32Array };
    }
    return state;
  }

  loadStateDict(state: StateDict, steps: number): void {
    const ofAdamW = Object.entries(state).filter(([name]) => name.startsWith('adamw.'));
    this.others.loadStateDict(
      Object.fromEntries(ofAdamW.map(([name, tensor]) => [name.slice('adamw.'.length), tensor])),
      steps,
    );
    for (const [name, parameter] of this.matrices) {
      const saved = state[`average.${name}`];
      if (saved?.data.length !== parameter.size) {
        throw new CheckpointError(
          `The checkpoint has no gradient average that fits ${name}; start the training anew.`,
        );
      }
      const values = tf.tensor(saved.data, [...saved.shape]);
      this.averageOf(name, parameter).assign(values);
      values.dispose();
    }
  }

  dispose(): void {
    this.others.dispose();
    for (const average of this.averages.values()) average.dispose();
    this.averages.clear();
  }

  private averageOf(name: string, parameter: Parameter): tf.Variable {
    let average = this.averages.get(name);
    if (!average) {
      average = tf.tidy(() => tf.variable(tf.zerosLike(parameter.value), false));
      this.averages.set(name, average);
    }
    return average;
  }
}

/** Five steps of an iteration that takes singular values of 0..1 to about 1; the quintic of Jordan et al. (2024). */
const QUINTIC = [3.4445, -4.775, 2.0315] as const;

/** U·Vᵀ of a matrix U·S·Vᵀ, nearly: its singular values come to lie between 0.7 and 1.2. */
export function orthogonalized(matrix: tf.Tensor2D): tf.Tensor2D {
  const [a, b, c] = QUINTIC;
  return tf.tidy(() => {
    const [rows, columns] = matrix.shape;
    const tall = rows > columns;
    const norm = tf.sqrt(tf.sum(tf.square(matrix)));
    let x = tf.div(matrix, tf.add(norm, 1e-7)) as tf.Tensor2D;
    for (let i = 0; i < 5; i++) {
      const gram = tf.matMul(x, x, tall, !tall); // of the shorter side
      const polynomial = tf.add(tf.mul(gram, b), tf.matMul(gram, tf.mul(gram, c)));
      x = tf.add(tf.mul(x, a), tall ? tf.matMul(x, polynomial) : tf.matMul(polynomial, x));
    }
    return x;
  });
}
