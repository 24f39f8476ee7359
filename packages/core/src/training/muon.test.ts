import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { Parameter } from '../module/parameter.js';
import { Random } from '../random.js';
import { AdamW } from './adamw.js';
import { Muon, orthogonalized } from './muon.js';

beforeAll(() => tf.setBackend('cpu'));

const quintic = (value: number, steps: number): number =>
  steps === 0 ? value : quintic(3.4445 * value - 4.775 * value ** 3 + 2.0315 * value ** 5, steps - 1);

it('takes each singular value through the quintic, and keeps the directions', () => {
  const values = [3, 1, 0.5, 0.1];
  const norm = Math.hypot(...values);
  for (const shape of [
    [4, 6],
    [6, 4],
  ] as const) {
    const diagonal = tf.buffer<tf.Rank.R2>([...shape]);
    values.forEach((value, i) => diagonal.set(value, i, i));
    const result = orthogonalized(diagonal.toTensor()).arraySync();
    result.forEach((row, i) =>
      row.forEach((entry, j) => {
        expect(entry).toBeCloseTo(i === j ? quintic(values[i] / norm, 5) : 0, 4);
      }),
    );
  }
});

it('makes any matrix nearly orthogonal', () => {
  const matrix = tf.tensor2d(new Random(1).normals(12 * 30), [12, 30]);
  const x = orthogonalized(matrix);
  const gram = tf.matMul(x, x, false, true).arraySync() as number[][];
  gram.forEach((row, i) => expect(row[i]).toBeGreaterThan(0.4));
  gram.forEach((row, i) => expect(row[i]).toBeLessThan(1.5));
});

const parameters = () =>
  new Map([
    ['inner.weight', new Parameter([4, 8], (n) => new Random(2).normals(n))],
    ['bias', new Parameter([8], (n) => new Random(3).normals(n))],
  ]);
const gradients = () =>
  new Map<string, tf.Tensor>([
    ['inner.weight', tf.tensor2d(new Random(4).normals(32), [4, 8])],
    ['bias', tf.tensor1d(new Random(5).normals(8))],
  ]);
const options = { orthogonalizes: (name: string) => name.startsWith('inner'), weightDecay: 0.1 };
const values = (of: Map<string, Parameter>) => [...of.values()].map((one) => [...one.value.dataSync()]);

it('steps a matrix by its orthogonal gradient, at the size of AdamW’s steps, and the rest by AdamW', () => {
  const [own, reference] = [parameters(), parameters()];
  const [before] = values(own);
  new Muon(own, options).step(gradients(), 0.01);
  new AdamW(reference).step(gradients(), 0.01);
  const [matrix, bias] = values(own);
  expect(bias).toEqual(values(reference)[1]);
  // The first step's average is a multiple of the gradient, and that does not matter.
  const direction = orthogonalized(gradients().get('inner.weight') as tf.Tensor2D).dataSync();
  const size = 0.01 * 0.2 * Math.sqrt(8);
  matrix.forEach((value, i) => {
    expect(value).toBeCloseTo(before[i] * (1 - 0.01 * 0.1) - size * direction[i], 6);
  });
});

it('goes on from its state', async () => {
  const [whole, first, second] = [parameters(), parameters(), parameters()];
  const unbroken = new Muon(whole, options);
  unbroken.step(gradients(), 0.01);
  unbroken.step(gradients(), 0.01);
  const before = new Muon(first, options);
  before.step(gradients(), 0.01);
  for (const [name, parameter] of second) parameter.value.assign(first.get(name)!.value);
  const after = new Muon(second, options);
  after.loadStateDict(await before.stateDict(), before.steps);
  after.step(gradients(), 0.01);
  expect(values(second)).toEqual(values(whole));
  expect(() => after.loadStateDict({}, 1)).toThrow(/inner.weight|first/);
});
