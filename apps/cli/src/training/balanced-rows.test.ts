import { Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { balancedRows } from './balanced-rows.js';

const pieces = [
  ['cat', 'dog', 'cat', 'cat', 'cat'],
  ['cat', 'cat', 'cat', 'sea', 'dog', 'sea', 'sea'],
];

describe('balancedRows', () => {
  it('shows every class equally often, and each row of a class but for a remainder', () => {
    const random = new Random(1);
    const rows = balancedRows(pieces).flatMap(({ count, row }, piece) =>
      Array.from({ length: count }, (_, sample) => `${piece} ${row(sample, random)}`),
    );
    const times = (piece: number, row: number) => rows.filter((one) => one === `${piece} ${row}`).length;
    const ofClass = (label: string) =>
      pieces.flatMap((labels, p) => labels.flatMap((one, row) => (one === label ? [times(p, row)] : [])));
    expect(ofClass('cat')).toEqual(Array(7).fill(1));
    expect(ofClass('dog')).toEqual([3, 4]);
    expect(ofClass('sea').reduce((sum, one) => sum + one)).toBe(7);
    for (const one of ofClass('sea')) expect(one).toBeGreaterThanOrEqual(2);
    expect(rows).toHaveLength(21);
  });

  it('leaves balanced pieces as they are, and needs classes', () => {
    const [{ count, row }] = balancedRows([['a', 'b', 'a', 'b']]);
    const random = new Random(1);
    expect(Array.from({ length: count }, (_, i) => row(i, random)).sort()).toEqual([0, 1, 2, 3]);
    expect(() => balancedRows([['a', null]])).toThrow(/"balance" needs a class of every clip/);
  });
});
