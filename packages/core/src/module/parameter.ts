import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';
import { asIs, type Layout, memoryShape, sizeOf, toFile, toMemory } from './layout.js';

/** Fills a new weight: `length` values in the file's (PyTorch's) layout. */
export type Initializer = (length: number) => Float32Array;

/**
 * One weight of a module. It is described by its PyTorch shape and layout and held as a TensorFlow.js
 * variable, which is made at its first use, so that a loaded model never computes start values.
 */
export class Parameter {
  /** The shape in the state dict. */
  readonly shape: readonly number[];
  readonly layout: Layout;
  /** Whether training changes it; a buffer (a moving average, say) is not trained. */
  readonly trainable: boolean;
  /** Whether a state dict may lack it; it then has its start values. */
  readonly optional: boolean;
  private readonly initialize: Initializer;
  private held?: tf.Variable;

  constructor(
    shape: readonly number[],
    initialize: Initializer,
    {
      layout = asIs,
      trainable = true,
      optional = false,
    }: { layout?: Layout; trainable?: boolean; optional?: boolean } = {},
  ) {
    this.shape = shape;
    this.layout = layout;
    this.trainable = trainable;
    this.optional = optional;
    this.initialize = initialize;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The weight in memory's layout. */
  get value(): tf.Variable {
    if (!this.held) this.reset();
    return this.held!;
  }

  /** Gives the weight its start values. */
  reset(): void {
    this.set(this.initialize(this.size));
  }

  /** Replaces the weight by `data`, in the file's layout. */
  set(data: Float32Array): void {
    if (data.length !== this.size) {
      throw new ShapeError(
        `A weight of shape [${this.shape}] needs ${this.size} values, not ${data.length}.`,
      );
    }
    const values = tf.tensor(
      toMemory(data, this.shape, this.layout),
      memoryShape(this.shape, this.layout),
      'float32',
    );
    if (this.held) this.held.assign(values);
    else this.held = tf.variable(values, this.trainable);
    values.dispose();
  }

  /** The weight's values, in the file's layout. */
  async data(): Promise<Float32Array> {
    return toFile(new Float32Array((await this.value.data()) as Float32Array), this.shape, this.layout);
  }

  dispose(): void {
    this.held?.dispose();
    this.held = undefined;
  }
}
