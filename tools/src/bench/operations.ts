import * as tf from '@tensorflow/tfjs-core';
import { permute, Random, selfAttention } from '@visual-echoes/core';
import { OnnxGraph, selfAttentionNodes } from '../onnx/index.js';
import type { Benchmark } from './benchmark.js';
import { readResult } from './read-result.js';

const normals = (shape: readonly number[], seed = 1) =>
  new Random(seed).normals(tf.util.sizeFromShape([...shape]));

const SIDE = 1024;
const [BATCH, SIZE, CHANNELS] = [8, 32, 128];
const PICTURES = [BATCH, SIZE, SIZE, CHANNELS] as const;
const FILTER = [3, 3, CHANNELS, CHANNELS] as const;

const attention = (length: number): Benchmark => {
  const [heads, width] = [8, 512];
  const shape = [1, length, 3 * width] as const;
  return {
    name: `attention of ${length} tokens, 8 heads of 64`,
    gflop: (4 * length * length * width) / 1e9,
    heavy: true,
    memory: true,
    prepare: async () => {
      const qkv = tf.keep(tf.tensor3d(normals(shape), [...shape]));
      return () => readResult(() => selfAttention(qkv, heads));
    },
    onnx: async () => {
      const graph = new OnnxGraph('attention', {});
      const qkv = graph.input('qkv', 'float', shape);
      graph.output('mixed', selfAttentionNodes(graph, qkv, width, heads), [1, length, width]);
      return { parts: graph.parts, inputs: { qkv: { data: normals(shape), shape } } };
    },
  };
};

/** Single operations. */
export const operations: readonly Benchmark[] = [
  {
    name: 'matmul 1024³',
    gflop: (2 * SIDE ** 3) / 1e9,
    prepare: async () => {
      const [a, b] = [1, 2].map((seed) => tf.keep(tf.tensor2d(normals([SIDE, SIDE], seed), [SIDE, SIDE])));
      return () => readResult(() => tf.matMul(a, b));
    },
    onnx: async () => {
      const shape = [SIDE, SIDE];
      const graph = new OnnxGraph('matmul', {});
      const [a, b] = ['a', 'b'].map((name) => graph.input(name, 'float', shape));
      graph.output('product', graph.node('MatMul', [a, b]), shape);
      const inputs = { a: { data: normals(shape, 1), shape }, b: { data: normals(shape, 2), shape } };
      return { parts: graph.parts, inputs };
    },
  },
  {
    name: 'convolution 3×3, [8, 32, 32, 128] → 128',
    gflop: (2 * BATCH * SIZE * SIZE * 9 * CHANNELS * CHANNELS) / 1e9,
    prepare: async () => {
      const x = tf.keep(tf.tensor4d(normals(PICTURES, 1), [...PICTURES]));
      const filter = tf.keep(tf.tensor4d(normals(FILTER, 2), [...FILTER]));
      return () => readResult(() => tf.conv2d(x, filter, 1, 'same'));
    },
    onnx: async () => {
      const shape = [BATCH, CHANNELS, SIZE, SIZE];
      const graph = new OnnxGraph('convolution', {});
      const x = graph.input('x', 'float', shape);
      const filter = graph.constant(permute(normals(FILTER, 2), FILTER, [3, 2, 0, 1]), [
        CHANNELS,
        CHANNELS,
        3,
        3,
      ]);
      graph.output('y', graph.node('Conv', [x, filter], { pads: [1, 1, 1, 1] }), shape);
      return {
        parts: graph.parts,
        inputs: { x: { data: permute(normals(PICTURES, 1), PICTURES, [0, 3, 1, 2]), shape } },
      };
    },
  },
  attention(521),
  attention(4096),
];
