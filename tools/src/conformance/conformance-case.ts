import * as tf from '@tensorflow/tfjs-core';
import { Module, Parameter, Random, valueAndGradients } from '@visual-echoes/core';
import '@visual-echoes/core/training';

/** What one computation gives on one engine, by name. */
export interface Outcome {
  /** Within 1e-4 of the largest reference. */
  forward?: Record<string, ArrayLike<number>>;
  /** Within 1e-3 of the largest reference of that gradient. */
  gradients?: Record<string, ArrayLike<number>>;
  /** Equal: codes, counts. */
  exact?: Record<string, ArrayLike<number>>;
}

export interface ConformanceCase {
  name: string;
  /** Computes on the current backend, and leaves no tensor behind. */
  run(): Promise<Outcome>;
}

/** A layer as a function of an input that has a gradient, and its own parameters. */
export interface LayerCase extends ConformanceCase {
  /** How far Σ gradient · direction is from the quotient of differences in that direction, over ‖gradient‖. */
  slopeError(): Promise<number>;
}

type Layer = Module & { forward(x: tf.Tensor): tf.Tensor };

/** A function without weights as a layer. */
export class FunctionLayer extends Module {
  readonly forward: (x: tf.Tensor) => tf.Tensor;

  constructor(forward: (x: tf.Tensor) => tf.Tensor) {
    super();
    this.forward = forward;
  }
}

export interface LayerCaseOptions {
  /** Makes the layer; its weights are drawn anew, so that no bias is 0. */
  layer: (random: Random) => unknown;
  /** Of the input. */
  shape: readonly number[];
  /** The input is a whole number below this, and has no gradient. */
  integersBelow?: number;
}

/** Compares a layer's output and the gradients of Σ output · dy by its input and its weights, dy being random. */
export function layerCase(name: string, { layer: make, shape, integersBelow }: LayerCaseOptions): LayerCase {
  async function withLayer<T>(use: (parts: LayerParts) => Promise<T>): Promise<T> {
    const random = new Random(1).fork(name);
    const layer = make(random) as Layer;
    const size = shape.reduce((product, n) => product * n, 1);
    const parameters = new Map(layer.trainableParameters());
    for (const parameter of parameters.values()) parameter.set(random.normals(parameter.size, 0, 0.5));
    const input = new Parameter(shape, () => random.normals(size));
    const codes = Int32Array.from({ length: size }, () => random.integer(integersBelow ?? 1));
    if (integersBelow === undefined) parameters.set('input', input);
    const forward = () =>
      layer.forward(integersBelow === undefined ? input.value : tf.tensor(codes, [...shape], 'int32'));
    const output = async () => {
      const y = tf.tidy(() => tf.clone(forward()));
      const values = (await y.data()) as Float32Array;
      y.dispose();
      return values;
    };
    const y = await output();
    const dy = random.normals(y.length);
    const gradients = async () => {
      const score = () => {
        const y = forward();
        return tf.sum(tf.mul(y, tf.tensor(dy, y.shape))) as tf.Scalar;
      };
      return parameters.size > 0 ? readGradients(score, parameters) : { gradients: {} };
    };
    try {
      return await use({ parameters, output, y, dy, gradients, random });
    } finally {
      layer.dispose();
      input.dispose();
    }
  }

  return {
    name,
    run: () =>
      withLayer(async ({ y, gradients }) => ({
        forward: { output: y },
        gradients: (await gradients()).gradients,
      })),
    slopeError: () =>
      withLayer(async ({ parameters, output, dy, gradients: compute, random }) => {
        const { gradients } = await compute();
        let slope = 0;
        let length = 0;
        const step = 5e-3;
        const moves: [Parameter, Float32Array, Float32Array][] = [];
        for (const [key, parameter] of parameters) {
          const start = Float32Array.from((await parameter.value.data()) as Float32Array);
          const direction = random.normals(parameter.size);
          moves.push([parameter, start, direction]);
          Array.from(gradients[key]).forEach((g, i) => {
            slope += g * direction[i];
            length += g * g;
          });
        }
        const at = async (distance: number) => {
          for (const [{ value }, start, direction] of moves) {
            const moved = start.map((x, i) => x + distance * direction[i]);
            tf.tidy(() => value.assign(tf.tensor(moved, value.shape)));
          }
          return (await output()).reduce((sum, value, i) => sum + value * dy[i], 0);
        };
        const quotient = ((await at(step)) - (await at(-step))) / (2 * step);
        return Math.abs(slope - quotient) / Math.sqrt(length);
      }),
  };
}

interface LayerParts {
  parameters: Map<string, Parameter>;
  output(): Promise<Float32Array>;
  y: Float32Array;
  dy: Float32Array;
  gradients(): Promise<{ gradients: Record<string, ArrayLike<number>> }>;
  random: Random;
}

/** The value and every gradient of `loss` as numbers. */
export async function readGradients(
  loss: () => tf.Scalar,
  parameters: ReadonlyMap<string, Parameter>,
): Promise<{ value: ArrayLike<number>; gradients: Record<string, ArrayLike<number>> }> {
  const result = valueAndGradients(loss, parameters);
  const value = await result.value.data();
  const gradients: Record<string, ArrayLike<number>> = {};
  for (const [name, gradient] of result.gradients) gradients[name] = await gradient.data();
  tf.dispose([result.value, ...result.gradients.values()]);
  return { value, gradients };
}

/** The numbers of a tensor that `compute` makes. */
export async function readTensor(compute: () => tf.Tensor): Promise<ArrayLike<number>> {
  const tensor = tf.tidy(() => tf.clone(compute()));
  const values = await tensor.data();
  tensor.dispose();
  return values;
}
