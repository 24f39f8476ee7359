import * as tf from '@tensorflow/tfjs-core';
import { adamWUpdate, type FusedKernel, fusedKernel } from '@visual-echoes/core';
import { type Check, type Drawn, draw, tensor } from './check.js';
import * as reference from './reference.js';

/** In so many directions gradients are compared; a wrong one is right in none, but for a chance of nothing. */
const DIRECTIONS = 4;
/** Of the quotients of differences, in double precision. */
const STEP = 1e-4;

interface Backward {
  name: string;
  kernel: string;
  /** What there are gradients by, first `x`. */
  inputs: Record<string, Drawn>;
  attributes?: tf.NamedAttrMap;
  /** Named input of the backward kernel that is the forward result. */
  output?: string;
  /** Inputs of the backward kernel; those of `inputs` where left out. */
  takes?: readonly string[];
  forward: (inputs: Record<string, reference.Values>) => ArrayLike<number>;
}

const norms = {
  x: draw(40, 9, 37),
  weight: draw(41, 37),
  bias: draw(42, 37),
};
const images = { x: draw(43, 2, 3, 3, 12), weight: draw(44, 12), bias: draw(45, 12) };

const backwards: readonly Backward[] = [
  {
    name: 'gradient of layer norm',
    kernel: 'LayerNormGrad',
    inputs: norms,
    takes: ['x', 'weight'],
    attributes: { epsilon: 1e-6 },
    forward: ({ x, weight, bias }) => reference.layerNorm(x, weight, bias, 1e-6),
  },
  {
    name: 'gradient of group norm and swish',
    kernel: 'GroupNormGrad',
    inputs: images,
    attributes: { groups: 4, epsilon: 1e-6, swish: true },
    forward: ({ x, weight, bias }) => reference.groupNormSwish(x, weight, bias, 4, 1e-6),
  },
  {
    name: 'gradient of self-attention',
    kernel: 'SelfAttentionGrad',
    inputs: { qkv: draw(46, 1, 50, 30) }, // more than one block of queries
    attributes: { heads: 2 },
    output: 'y',
    forward: ({ qkv }) => reference.selfAttention(qkv, 2),
  },
  {
    name: 'gradient of gelu',
    kernel: 'GeluGrad',
    inputs: { x: draw(47, 200) },
    forward: ({ x }) => Array.from(x.values, reference.gelu),
  },
];

/** Slopes of Σ y · dy along random directions, by a backward kernel and by differences. */
function slopes({ name, inputs, attributes, output, takes, forward }: Backward, kernel: FusedKernel): Check {
  const names = Object.keys(inputs);
  const y = forward(inputs);
  const dy = draw(50, y.length);
  const directions = Array.from({ length: DIRECTIONS }, (_, i) =>
    names.map((input, n) => draw(60 + 10 * i + n, ...inputs[input].shape)),
  );
  const score = (direction: readonly Drawn[], step: number) => {
    const moved = names.map((input, n) => {
      const { values, shape } = inputs[input];
      return [
        input,
        { shape, values: Float64Array.from(values, (v, i) => v + step * direction[n].values[i]) },
      ];
    });
    const result = forward(Object.fromEntries(moved));
    return dy.values.reduce((sum, d, i) => sum + d * result[i], 0);
  };
  return {
    name,
    run: () => {
      const first = inputs[names[0]];
      const outShape = output
        ? [...first.shape.slice(0, -1), y.length / (first.values.length / first.shape.at(-1)!)]
        : first.shape;
      const given = Object.fromEntries((takes ?? names).map((input) => [input, tensor(inputs[input])]));
      const gradients = kernel(
        {
          ...given,
          ...(output ? { [output]: tf.tensor(Float32Array.from(y), outShape) } : {}),
          dy: tf.tensor(dy.values, outShape),
        },
        attributes,
      );
      return tf.stack(
        directions.map((direction) =>
          tf.addN(direction.map((part, n) => tf.sum(tf.mul(gradients[n], tensor(part))))),
        ),
      );
    },
    expected: () =>
      directions.map((direction) => (score(direction, STEP) - score(direction, -STEP)) / (2 * STEP)),
  };
}

const [weight, first, second, gradient] = [51, 52, 53, 54].map((seed) => draw(seed, 7, 11));
const attributes = { beta1: 0.9, beta2: 0.95, stepSize: 0.01, epsilon: 1e-8, keep: 0.999 };

const adamW: Check = {
  name: 'AdamW',
  run: () => {
    const squares = tf.square(tensor(second));
    const parts = adamWUpdate(tensor(weight), tensor(first), squares, tensor(gradient), attributes);
    return tf.stack(parts);
  },
  expected: () => {
    const { beta1, beta2, stepSize, epsilon, keep } = attributes;
    const m = Array.from(first.values, (v, i) => beta1 * v + (1 - beta1) * gradient.values[i]);
    const v = Array.from(second.values, (s, i) => beta2 * s * s + (1 - beta2) * gradient.values[i] ** 2);
    const w = Array.from(weight.values, (x, i) => keep * x - (stepSize * m[i]) / (Math.sqrt(v[i]) + epsilon));
    return [...w, ...m, ...v];
  },
};

/** Checks of what trains: the engine's backward kernels, as far as it has them, and the optimizer's step. */
export const gradientChecks = (): Check[] => [
  ...backwards.flatMap((backward) => {
    const kernel = fusedKernel(backward.kernel);
    return kernel ? [slopes(backward, kernel)] : [];
  }),
  adamW,
];
