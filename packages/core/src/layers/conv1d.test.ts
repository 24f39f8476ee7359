import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { valueAndGradients } from '../autograd/value-and-gradients.js';
import { permute, toFile } from '../module/layout.js';
import { foldWeightNorm, weightNormNames } from '../module/weight-norm-state.js';
import { Random } from '../random.js';
import { expectClose, type FixtureTensor, readFixture, stateTensor, useCpu } from '../testing.test.helper.js';
import { ConvTranspose1d, type ConvTranspose1dOptions } from './conv-transpose1d.js';
import { Conv1d, type Conv1dOptions } from './conv1d.js';
import type { WeightForm } from './reparametrized-weight.js';
import '../training/index.js';

interface Case {
  x: FixtureTensor;
  y: FixtureTensor;
  dy: FixtureTensor;
  dx: FixtureTensor;
  weights: Record<string, FixtureTensor>;
  gradients: Record<string, FixtureTensor>;
  after: Record<string, FixtureTensor>;
}

type Layer = Conv1d | ConvTranspose1d;

const random = new Random(1);
const conv =
  (input: number, output: number, kernelSize: number, options: Partial<Conv1dOptions> = {}) =>
  (form: WeightForm = options.form ?? 'plain') =>
    new Conv1d(input, output, { random, kernelSize, ...options, form });
const transposed =
  (input: number, output: number, kernelSize: number, options: Partial<ConvTranspose1dOptions> = {}) =>
  (form: WeightForm = options.form ?? 'plain') =>
    new ConvTranspose1d(input, output, { random, kernelSize, ...options, form });

const layers: Record<string, (form?: WeightForm) => Layer> = {
  plain: conv(3, 5, 3),
  'same, even length': conv(3, 4, 5, { padding: 2 }),
  'even kernel, padded': conv(2, 3, 4, { padding: 1 }),
  'without bias': conv(3, 4, 7, { padding: 3, bias: false }),
  dilated: conv(3, 4, 3, { dilation: 3 }),
  'dilated, same': conv(3, 4, 3, { dilation: 5, padding: 5 }),
  'dilated, same, even split': conv(2, 3, 5, { dilation: 2, padding: 4 }),
  'dilated, padded by other': conv(2, 3, 3, { dilation: 2, padding: 1 }),
  'dilated, mirrored': conv(3, 4, 3, { dilation: 3, padding: 3, paddingMode: 'reflect' }),
  stride: conv(2, 4, 5, { stride: 3, padding: 2 }),
  groups: conv(6, 4, 3, { padding: 1, groups: 2 }),
  'groups, stride': conv(4, 8, 9, { stride: 4, padding: 4, groups: 4 }),
  'weight norm': conv(3, 4, 3, { padding: 1, form: 'weight-norm' }),
  'weight norm to one channel': conv(3, 1, 7, { padding: 3, form: 'weight-norm' }),
  'weight norm, newer': conv(2, 3, 3, { form: 'weight-norm' }),
  'spectral norm': conv(4, 6, 3, { groups: 2, padding: 1, form: 'spectral-norm' }),
  columns: conv(2, 3, 5, { stride: 3, padding: 2, columns: true }),
  'columns, weight norm': conv(3, 4, 3, { padding: 1, columns: true, form: 'weight-norm' }),
  transposed: transposed(3, 2, 4, { stride: 2, padding: 1 }),
  'transposed, kernel 16': transposed(2, 1, 16, { stride: 8, padding: 4 }),
  'transposed, odd stride': transposed(2, 3, 6, { stride: 3, padding: 2, outputPadding: 1 }),
  'transposed, kernel not of strides': transposed(2, 3, 7, { stride: 2, padding: 1 }),
  'transposed, longer by padding': transposed(2, 2, 4, { stride: 4, outputPadding: 3 }),
  'transposed, weight norm': transposed(4, 3, 4, { stride: 2, padding: 1, form: 'weight-norm' }),
};

/** [B, C, …] of PyTorch and [B, …, C] here. */
function toTensor(fixture: FixtureTensor): tf.Tensor {
  const { shape, data } = stateTensor(fixture);
  const axes = shape.length === 4 ? [0, 2, 3, 1] : [0, 2, 1];
  return tf.tensor(
    permute(data, shape, axes),
    axes.map((axis) => shape[axis]),
  );
}

function valuesOf(tensor: tf.Tensor): Float32Array {
  const axes = tensor.rank === 4 ? [0, 3, 1, 2] : [0, 2, 1];
  return permute(tensor.dataSync() as Float32Array, tensor.shape, axes);
}

const forward = (layer: Layer, x: tf.Tensor): tf.Tensor =>
  x.rank === 4 ? (layer as Conv1d).forwardColumns(x as tf.Tensor4D) : layer.forward(x as tf.Tensor3D);

const stateOf = (weights: Record<string, FixtureTensor>) =>
  Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, stateTensor(weight)]));

// On wasm and tensorflow the layers are compared with cpu in tools/src/conformance.
describe('1-D convolutions against PyTorch', () => {
  const fixtures = readFixture<Record<string, Case>>('conv1d.json');
  beforeAll(useCpu);

  it('has a layer for every fixture', () => {
    expect(Object.keys(layers)).toEqual(Object.keys(fixtures));
  });

  it.each(Object.keys(layers))('%s', (name) => {
    const fixture = fixtures[name];
    const before = tf.memory().numTensors;
    const layer = layers[name]();
    layer.loadStateDict(stateOf(fixture.weights));
    layer.iterateSpectralNorm();
    const [x, dy] = [toTensor(fixture.x), toTensor(fixture.dy)];
    const y = tf.tidy(() => forward(layer, x));
    expectClose(valuesOf(y), fixture.y.data, 2e-6);
    const score = (input: tf.Tensor) => tf.sum(tf.mul(forward(layer, input), dy)) as tf.Scalar;
    const dx = tf.tidy(() => tf.grad(score)(x));
    expectClose(valuesOf(dx), fixture.dx.data, 1e-5);
    const parameters = layer.trainableParameters();
    const { value, gradients } = valueAndGradients(() => score(x), parameters);
    const references = weightNormNames(new Map(Object.entries(stateOf(fixture.gradients))));
    expect([...gradients.keys()].sort()).toEqual([...references.keys()].sort());
    for (const [key, { shape, layout }] of parameters) {
      const inFile = toFile(gradients.get(key)!.dataSync() as Float32Array, shape, layout);
      expectClose(inFile, references.get(key)!.data, 1e-5);
    }
    const all = layer.namedParameters();
    for (const [key, reference] of Object.entries(fixture.after)) {
      expectClose(all.get(key)!.value.dataSync(), reference.data, 1e-6);
    }
    tf.dispose([x, dy, y, dx, value, ...gradients.values()]);
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(['weight norm', 'weight norm, newer', 'columns, weight norm', 'transposed, weight norm'])(
    'folds: %s',
    (name) => {
      const { weights, x, y } = fixtures[name];
      const layer = layers[name]('plain');
      layer.loadStateDict(foldWeightNorm(stateOf(weights)));
      const input = toTensor(x);
      const output = tf.tidy(() => forward(layer, input));
      expectClose(valuesOf(output), y.data, 2e-6);
      tf.dispose([input, output]);
      layer.dispose();
    },
  );

  it('begins with the length of its direction, so that a weight norm changes nothing at first', async () => {
    for (const make of [layers['weight norm'], layers['transposed, weight norm']]) {
      const layer = make();
      const state = await layer.stateDict();
      const { weight } = foldWeightNorm(state);
      expectClose(weight.data, state['weight_v'].data, 1e-6);
      layer.dispose();
    }
  });

  it('refuses what does not fit, by name', () => {
    expect(() => conv(3, 4, 3, { groups: 2 })()).toThrow(/2 groups do not divide/);
    expect(() => conv(3, 4, 3, { stride: 2, dilation: 2 })()).toThrow(/not both/);
    const mirrored = layers['dilated, mirrored']() as Conv1d;
    expect(() => mirrored.forward(tf.zeros([1, 3, 3]))).toThrow(/mirrored 3 wide/);
    expect(() => mirrored.forward(tf.zeros([1, 9, 2]))).toThrow(/3 channels was given \[1,9,2\]/);
    mirrored.dispose();
  });
});
