import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../random.js';
import { useCpu } from '../testing.test.helper.js';
import { dropout } from './dropout.js';

describe('dropout', () => {
  beforeAll(useCpu);

  it('drops the share `rate` and scales the rest, the same for the same seed', () => {
    const x = tf.ones([10_000]);
    const y = tf.tidy(() => dropout(x, 0.1, new Random(1))).dataSync();
    const kept = y.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.9)]));
    expect(Math.abs(kept.length - 9000)).toBeLessThan(4 * Math.sqrt(900)); // four standard deviations
    expect(tf.tidy(() => dropout(x, 0.1, new Random(1))).dataSync()).toEqual(y);
    expect(tf.tidy(() => dropout(x, 0.1, new Random(2))).dataSync()).not.toEqual(y);
  });

  it('does nothing in evaluation', () => {
    const x = tf.ones([3]);
    expect(dropout(x, 0.1, undefined)).toBe(x);
    expect(dropout(x, 0, new Random(1))).toBe(x);
  });
});
