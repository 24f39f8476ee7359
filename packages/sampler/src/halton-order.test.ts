import { Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { haltonOrder, radicalInverse } from './halton-order.js';

describe('radicalInverse', () => {
  it('gives the published points of the Halton sequence in bases 2 and 3', () => {
    const points = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => [radicalInverse(i, 2), radicalInverse(i, 3)]);
    const expected = [
      [1 / 2, 1 / 3],
      [1 / 4, 2 / 3],
      [3 / 4, 1 / 9],
      [1 / 8, 4 / 9],
      [5 / 8, 7 / 9],
      [3 / 8, 2 / 9],
      [7 / 8, 5 / 9],
      [1 / 16, 8 / 9],
    ];
    expect(points).toEqual(expected);
  });
});

describe('haltonOrder', () => {
  // From scipy.stats.qmc.Halton(2, scramble=False) without its first point (0, 0), floor(point · grid), first visits.
  it.each([
    [
      [8, 8],
      [34, 21, 48, 11, 46, 25, 60, 7, 32, 18, 53, 9],
    ],
    [
      [5, 53],
      [123, 88, 164, 23, 200, 64, 241, 47, 107, 72, 249, 7],
    ],
    [
      [16, 16],
      [133, 74, 193, 39, 172, 99, 232, 30, 144, 85, 219, 50],
    ],
    [
      [1, 7],
      [2, 4, 0, 3, 5, 1, 6],
    ],
  ] as const)('visits %j in the reference order', (grid, first) => {
    expect([...haltonOrder(grid)].slice(0, first.length)).toEqual(first);
  });

  it.each([
    [1, 1],
    [8, 8],
    [5, 53],
    [16, 16],
    [1, 7],
    [61, 1],
  ] as const)('visits each of %i×%i positions once, whatever the offset', (rows, columns) => {
    const all = Array.from({ length: rows * columns }, (_, i) => i);
    for (const offset of [0, 1, 5, rows * columns + 2, -3]) {
      expect([...haltonOrder([rows, columns], offset)].sort((a, b) => a - b)).toEqual(all);
    }
  });

  it('starts `offset` positions later and ends with those that it skipped', () => {
    const order = [...haltonOrder([8, 8])];
    expect([...haltonOrder([8, 8], 10)]).toEqual([...order.slice(10), ...order.slice(0, 10)]);
  });

  it('spreads its first positions more evenly than rows do, or chance does', () => {
    const grid = [16, 16] as const;
    const random = new Random(1);
    const chance = Array.from({ length: 9 }, () =>
      discrepancy([...random.permutation(256)].slice(0, 32), grid),
    );
    const raster = discrepancy(
      Array.from({ length: 32 }, (_, i) => i),
      grid,
    );
    for (const offset of [0, 40, 100]) {
      const found = discrepancy([...haltonOrder(grid, offset)].slice(0, 32), grid);
      expect(found).toBeLessThan(raster / 3);
      expect(found).toBeLessThan(Math.min(...chance));
    }
  });
});

/** The star discrepancy over the grid's own corners: the worst |share of points − share of area|. */
function discrepancy(positions: number[], [rows, columns]: readonly [number, number]): number {
  let worst = 0;
  for (let row = 1; row <= rows; row++) {
    for (let column = 1; column <= columns; column++) {
      const inside = positions.filter((p) => Math.floor(p / columns) < row && p % columns < column).length;
      worst = Math.max(worst, Math.abs(inside / positions.length - (row * column) / (rows * columns)));
    }
  }
  return worst;
}
