import { expect, it } from 'vitest';
import { resultSeed } from './result-seed.js';

it('follows from the seed, from what is known, and from which result it is', () => {
  const unknown = Int32Array.of(-1, -1);
  const given = { image: Int32Array.of(3, 4), audio: unknown };
  expect(resultSeed(1, given)).toBe(resultSeed(1, { audio: unknown, image: Int32Array.of(3, 4) }, 0));
  const others = [
    resultSeed(1, given),
    resultSeed(2, given),
    resultSeed(1, given, 1),
    resultSeed(1, { image: Int32Array.of(4, 3), audio: unknown }),
    resultSeed(1, { image: unknown, audio: Int32Array.of(3, 4) }),
    resultSeed(1, { image: unknown, audio: unknown }),
  ];
  expect(new Set(others).size).toBe(others.length);
});
