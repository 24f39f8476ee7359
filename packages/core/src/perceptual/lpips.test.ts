import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { Random } from '../random.js';
import {
  expectClose,
  type FixtureTensor,
  picture,
  picturesOf,
  readFixture,
  stateTensor,
  useCpu,
} from '../testing.test.helper.js';
import '../training/index.js';
import { Lpips } from './lpips.js';

interface LpipsFixture {
  widths: number[];
  vgg: Record<string, FixtureTensor>;
  linear: Record<string, FixtureTensor>;
  pictures: FixtureTensor;
  others: FixtureTensor;
  distances: FixtureTensor;
  gradient: FixtureTensor;
}

beforeAll(useCpu);

const { lpips: fixture } = readFixture<{ lpips: LpipsFixture }>('adversarial.json');
const state = (tensors: Record<string, FixtureTensor>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, stateTensor(tensor)]));

it('has the distances and the gradient that PyTorch has', () => {
  const lpips = Lpips.of(state(fixture.vgg), state(fixture.linear));
  const before = tf.memory().numTensors;
  const [pictures, others] = [picture(fixture.pictures), picture(fixture.others)];
  const distances = tf.tidy(() => lpips.forward(pictures, others));
  expectClose(distances.dataSync(), fixture.distances.data, 1e-5);
  const gradient = tf.tidy(() => tf.grad((x) => lpips.loss(pictures, x as tf.Tensor4D))(others));
  expectClose(picturesOf(gradient as tf.Tensor4D), fixture.gradient.data, 1e-4);
  tf.dispose([pictures, others, distances, gradient]);
  expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 2); // its two constants
  lpips.dispose();
});

it('has a gradient where a picture has no features', () => {
  const lpips = new Lpips({ widths: [1, 1, 1, 1, 1], random: new Random(1) });
  for (const parameter of lpips.net.namedParameters().values())
    parameter.set(new Float32Array(parameter.size));
  const slopes = tf.tidy(() => {
    const x = tf.ones([1, 16, 16, 3]) as tf.Tensor4D;
    return tf
      .grad((t) => lpips.loss(x, t as tf.Tensor4D))(tf.zeros([1, 16, 16, 3]))
      .dataSync();
  });
  expect(slopes.every(Number.isFinite)).toBe(true);
  lpips.dispose();
});

it("has the names of taming's checkpoints, and the size of VGG16's convolutions with LPIPS's layers", () => {
  const lpips = new Lpips();
  const names = [...lpips.namedParameters().keys()];
  expect(names).toEqual(
    expect.arrayContaining([
      'scaling_layer.shift',
      'net.slice1.0.weight',
      'net.slice2.7.bias',
      'net.slice3.14.weight',
      'net.slice5.28.weight',
      'lin4.model.1.weight',
    ]),
  );
  expect(names).toHaveLength(2 + 2 * 13 + 5);
  expect(lpips.parameterCount()).toBe(14_714_688 + 1472 + 6);
});

it('says which tensors are missing', () => {
  const before = tf.memory().numTensors;
  expect(() => Lpips.of(state(fixture.vgg), {})).toThrow(/lin0\.model\.1\.weight.* these tensors are none/);
  const { 'features.0.weight': _, ...rest } = state(fixture.vgg);
  expect(() => Lpips.of(rest, state(fixture.linear))).toThrow(/slice1\.0\.weight/);
  expect(tf.memory().numTensors).toBe(before);
});
