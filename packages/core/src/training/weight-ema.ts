import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../errors.js';
import type { Parameter } from '../module/parameter.js';
import type { StateDict } from '../module/state-dict.js';

/**
 * An exponential moving average of weights: s ← d·s + (1 − d)·w, with d = min(decay, (1 + n) / (10 + n)) at
 * update n, so that the first steps are not remembered for long.
 */
export class WeightEma {
  private readonly parameters: ReadonlyMap<string, Parameter>;
  private readonly shadows = new Map<string, tf.Variable>();
  private readonly decay: number;
  private updates = 0;

  constructor(parameters: ReadonlyMap<string, Parameter>, { decay = 0.999 }: { decay?: number } = {}) {
    this.parameters = parameters;
    this.decay = decay;
  }

  /** Takes the weights as they are now into the average. */
  update(): void {
    this.updates++;
    const decay = Math.min(this.decay, (1 + this.updates) / (10 + this.updates));
    for (const [name, parameter] of this.parameters) {
      const shadow = this.shadowOf(name, parameter);
      tf.tidy(() => shadow.assign(tf.add(tf.mul(shadow, decay), tf.mul(parameter.value, 1 - decay))));
    }
  }

  /** Runs `use` with the averaged weights in place, then puts the trained ones back. */
  async withAverage<T>(use: () => Promise<T>): Promise<T> {
    this.swap();
    try {
      return await use();
    } finally {
      this.swap();
    }
  }

  /** Exchanges the weights and their averages. */
  swap(): void {
    for (const [name, parameter] of this.parameters) {
      const shadow = this.shadowOf(name, parameter);
      const kept = tf.clone(shadow);
      shadow.assign(parameter.value);
      parameter.value.assign(kept);
      kept.dispose();
    }
  }

  /** The averages, in memory's layout, for a checkpoint. */
  async stateDict(): Promise<StateDict> {
    const state: StateDict = {};
    for (const [name, shadow] of this.shadows) {
      state[name] = { shape: shadow.shape, data: (await shadow.data()) as Float32Array };
    }
    return state;
  }

  loadStateDict(state: StateDict, updates: number): void {
    for (const [name, parameter] of this.parameters) {
      if (state[name]?.data.length !== parameter.size) {
        throw new CheckpointError(`The checkpoint has no average of ${name}; start the training anew.`);
      }
      const values = tf.tensor(state[name].data, [...state[name].shape]);
      this.shadowOf(name, parameter).assign(values);
      values.dispose();
    }
    this.updates = updates;
  }

  dispose(): void {
    for (const shadow of this.shadows.values()) shadow.dispose();
    this.shadows.clear();
  }

  private shadowOf(name: string, parameter: Parameter): tf.Variable {
    let shadow = this.shadows.get(name);
    if (!shadow) {
      shadow = tf.tidy(() => tf.variable(tf.clone(parameter.value), false));
      this.shadows.set(name, shadow);
    }
    return shadow;
  }
}
