import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';
import { fusedKernel, isTaped } from '../operations/kernel.js';
import { asIs, type Layout, memoryShape, sizeOf, toFile, toMemory } from './layout.js';
import { packHalves, unpackHalves } from './packed-halves.js';

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
  private readonly halvesKernel: string | undefined;
  private held?: tf.Variable;
  private packed?: tf.Tensor;

  /** @param halvesKernel the kernel that its layer can compute by where the weight is held as packed halves. */
  constructor(
    shape: readonly number[],
    initialize: Initializer,
    {
      layout = asIs,
      trainable = true,
      optional = false,
      halvesKernel,
    }: { layout?: Layout; trainable?: boolean; optional?: boolean; halvesKernel?: string } = {},
  ) {
    this.shape = shape;
    this.layout = layout;
    this.trainable = trainable;
    this.optional = optional;
    this.initialize = initialize;
    this.halvesKernel = halvesKernel;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The weight in memory's layout; of packed halves it makes float32 again. */
  get value(): tf.Variable {
    if (this.packed) this.hold(unpacked(this.packed));
    if (!this.held) this.reset();
    return this.held!;
  }

  /** The weight as packed halves, int32 `[…, n/2]`, where it is held so and the engine computes from them now. */
  get halves(): tf.Tensor | undefined {
    // Those kernels have no gradients.
    return this.packed && !isTaped() && fusedKernel(this.halvesKernel!) ? this.packed : undefined;
  }

  /** `Module.packHalves` of one weight. */
  async packHalves(): Promise<void> {
    const { held, halvesKernel } = this;
    if (!held || !halvesKernel || !fusedKernel(halvesKernel) || held.shape.at(-1)! % 2 !== 0) return;
    const words = packHalves((await held.data()) as Float32Array);
    if (!words || this.held !== held) return;
    this.packed = tf.tensor(words, [...held.shape.slice(0, -1), held.shape.at(-1)! / 2], 'int32');
    held.dispose();
    this.held = undefined;
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
    this.hold(values);
  }

  /** The weight's values, in the file's layout. */
  async data(): Promise<Float32Array> {
    const values = this.packed
      ? unpackHalves((await this.packed.data()) as Int32Array)
      : new Float32Array((await this.value.data()) as Float32Array);
    return toFile(values, this.shape, this.layout);
  }

  dispose(): void {
    this.held?.dispose();
    this.held = undefined;
    this.packed?.dispose();
    this.packed = undefined;
  }

  private hold(values: tf.Tensor): void {
    if (this.held) this.held.assign(values);
    else this.held = tf.variable(values, this.trainable);
    values.dispose();
    this.packed?.dispose();
    this.packed = undefined;
  }
}

/** `[…, n/2]` → float32 `[…, n]`. */
function unpacked(halves: tf.Tensor): tf.Tensor {
  // TensorFlow.js has no operation for it, and not every engine reads back without waiting.
  const kernel = fusedKernel('UnpackHalves');
  if (kernel) return kernel({ halves })[0];
  const shape = [...halves.shape.slice(0, -1), 2 * halves.shape.at(-1)!];
  return tf.tensor(unpackHalves(halves.dataSync() as Int32Array), shape, 'float32');
}
