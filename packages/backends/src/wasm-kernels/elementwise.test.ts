import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { erf as exactErf } from '../self-check/reference.js';
import { expectAsOnCpu, expectOnWasm, gradients, normal } from './compare.test.helper.js';

describe('Erf', () => {
  it.each([1, 3, 4, 61, 1024])('of %i values, within 3e-7 of the series in double precision', async (n) => {
    const x = Float32Array.from({ length: n }, (_, i) => -6 + (11.5 * i) / n);
    await expectOnWasm(
      () => tf.erf(tf.tensor1d(x)),
      () => tf.tensor1d(Array.from(x, exactErf)),
      3e-7,
    );
  });

  it('keeps NaN and takes infinities to ±1', async () => {
    await expectOnWasm(
      () => tf.isNaN(tf.erf(tf.tensor1d([Number.NaN, 1]))),
      () => tf.tensor1d([true, false], 'bool'),
    );
    await expectOnWasm(
      () => tf.erf(tf.tensor1d([Infinity, -Infinity])),
      () => tf.tensor1d([1, -1]),
      3e-7,
    );
  });

  it('has the gradient of cpu', async () => {
    await expectAsOnCpu(() => gradients(tf.erf, normal(1, 3, 7)));
  });
});

describe('Cast', () => {
  it('of anything but zero to bool is true', async () => {
    await expectAsOnCpu(() => tf.cast(tf.tensor1d([0, 0.3, -0.5, 256, -1, 1]), 'bool'));
    await expectAsOnCpu(() => tf.cast(tf.tensor1d([0, 256, -1], 'int32'), 'bool'));
  });

  it.each(['float32', 'int32', 'bool'] as const)('to %s', async (dtype) => {
    await expectAsOnCpu(() => tf.cast(tf.tensor1d([0, 1.7, -2.5]), dtype));
    await expectAsOnCpu(() => tf.cast(tf.tensor1d([true, false], 'bool'), dtype));
  });
});

describe('ClipByValue', () => {
  it('clips integers and floats', async () => {
    await expectAsOnCpu(() => tf.clipByValue(tf.tensor1d([-5, 0, 3, 9], 'int32'), 0, 7));
    await expectAsOnCpu(() => tf.clipByValue(tf.tensor1d([-5, 0.2, 3, 9]), 0, 7));
  });
});

describe('LeakyRelu', () => {
  it.each([[[1]], [[7, 1]], [[3, 5, 61]], [[2, 3, 4, 8]]])('of %j', async (shape) => {
    await expectAsOnCpu(() => tf.leakyRelu(normal(1, ...shape), 0.1));
    await expectAsOnCpu(() => gradients((x) => tf.leakyRelu(x, 0.01), normal(2, ...shape)));
  });

  it('of a number, of none, and of whole ones', async () => {
    await expectAsOnCpu(() => tf.leakyRelu(tf.scalar(-3), 0.2));
    await expectAsOnCpu(() => tf.leakyRelu(tf.tensor1d([-3, 4], 'int32'), 0.5));
  });
});
