import { Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { type DrawSettings, TokenDrawer } from './token-drawer.js';

const logits = Float32Array.of(1.5, 0, -1, 0.5, -Infinity, 2, 0.5, -2);
const softmax = (values: ArrayLike<number>) => {
  const weights = Array.from(values, Math.exp);
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
};

/** How often each of 8 tokens comes in `draws` draws. */
function frequencies(settings: DrawSettings, draws = 20_000) {
  const drawer = new TokenDrawer(8);
  const random = new Random(5);
  const counts = new Array<number>(8).fill(0);
  for (let i = 0; i < draws; i++) counts[drawer.draw(logits, 0, -1, 1, settings, random, false)]++;
  return counts;
}

/** Pearson's statistic; tokens of probability 0 must not have come at all. */
function chiSquare(counts: number[], probabilities: number[]) {
  const draws = counts.reduce((a, b) => a + b);
  return counts.reduce((sum, count, i) => {
    if (probabilities[i] === 0) return count === 0 ? sum : Infinity;
    return sum + (count - draws * probabilities[i]) ** 2 / (draws * probabilities[i]);
  }, 0);
}

const keep = (probabilities: number[], tokens: number[]) => {
  const total = tokens.reduce((sum, token) => sum + probabilities[token], 0);
  return probabilities.map((p, token) => (tokens.includes(token) ? p / total : 0));
};

describe('TokenDrawer', () => {
  const p = softmax(logits); // 5: 0.443, 0: 0.269, 3 and 6: 0.099 each, 1: 0.060, 2: 0.022, 7: 0.008, 4: 0
  const warm = softmax(logits.map((x) => x / 2));
  // 99.9 % of chi-square's draws lie below 22.5 with 6 degrees of freedom, 20.5 with 5, 18.5 with 4, 16.3 with 3.
  it.each<[string, DrawSettings, number[]]>([
    ['the softmax', { temperature: 1 }, p],
    ['the softmax at a temperature', { temperature: 2 }, warm],
    ['the best two of top-k', { temperature: 1, topK: 2 }, keep(p, [5, 0])],
    ['ties with the last of top-k', { temperature: 1, topK: 3 }, keep(p, [5, 0, 3, 6])],
    ['all of a large top-k', { temperature: 1, topK: 8 }, p],
    ['those that first reach top-p', { temperature: 1, topP: 0.6 }, keep(p, [5, 0])],
    ['ties with the last of top-p', { temperature: 1, topP: 0.75 }, keep(p, [5, 0, 3, 6])],
    ['one, where top-p is small', { temperature: 1, topP: 0.01 }, keep(p, [5])],
    ['what passes top-p at a temperature', { temperature: 2, topP: 0.5 }, keep(warm, [5, 0])],
    ['what passes both', { temperature: 1, topK: 1, topP: 0.9 }, keep(p, [5])],
  ])('draws from %s', (_, settings, expected) => {
    expect(chiSquare(frequencies(settings), expected)).toBeLessThan(18);
  });

  it('takes the most likely at temperature 0', () => {
    expect(frequencies({ temperature: 0 }, 100)[5]).toBe(100);
  });

  it('tells the log probability before temperature and filters', () => {
    const drawer = new TokenDrawer(8);
    for (const settings of [{ temperature: 0 }, { temperature: 1 }, { temperature: 0.3, topK: 1 }]) {
      const token = drawer.draw(logits, 0, -1, 1, { ...settings, topK: 1 }, new Random(1), true);
      expect(token).toBe(5);
      expect(drawer.logProbability).toBeCloseTo(Math.log(p[5]), 10);
    }
  });

  it('guides by u + scale · (c − u)', () => {
    const both = Float32Array.of(1, 0.5, -1, /* u */ 0.25, 1, -0.5);
    const drawer = new TokenDrawer(3);
    for (const scale of [0, 0.5, 1, 3]) {
      const guided = [0, 1, 2].map((v) => both[3 + v] + scale * (both[v] - both[3 + v]));
      const random = new Random(2);
      for (let i = 0; i < 20; i++) {
        const token = drawer.draw(both, 0, 3, scale, { temperature: 1 }, random, true);
        expect(drawer.logProbability).toBeCloseTo(Math.log(softmax(guided)[token]), 10);
      }
    }
  });

  it('never guides to a token that is forbidden, and lets one through that only u forbids', () => {
    const drawer = new TokenDrawer(2);
    const draw = (...values: number[]) =>
      drawer.draw(Float32Array.from(values), 0, 2, 3, { temperature: 1 }, new Random(1), true);
    expect(draw(-Infinity, 0, 0, 0)).toBe(1);
    expect(draw(-Infinity, 0, -Infinity, 0)).toBe(1);
    expect(draw(9, 0, -Infinity, 9)).toBe(0);
    expect(drawer.logProbability).toBeCloseTo(0, 6); // 9 against 9 + 3 · (0 − 9)
  });

  it.each([
    ['NaN at first', [Number.NaN, 0, 0]],
    ['NaN at last', [0, 1, Number.NaN]],
    ['+Infinity', [0, Infinity, 0]],
    ['nothing but −Infinity', [-Infinity, -Infinity, -Infinity]],
  ])('gives −1 for %s', (_, values) => {
    for (const temperature of [0, 0.5, 1]) {
      const drawer = new TokenDrawer(3);
      expect(drawer.draw(Float32Array.from(values), 0, -1, 1, { temperature }, new Random(1), true)).toBe(-1);
    }
  });
});
