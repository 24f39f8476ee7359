import { expect, it } from 'vitest';
import { type EvaluationRow, overSeeds, rowsAsTable, shareRow } from './evaluation-row.js';

it('gives a share with its interval, in a table of even columns', () => {
  const hits = Array.from({ length: 1000 }, (_, i) => i < 970);
  const row = shareRow(
    { task: 'a', measure: 'right', reference: { what: 'of recordings', value: 0.99 } },
    hits,
  );
  // (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n) with p = 0.97, n = 1000, z = 1.96: Wilson, 1927.
  expect(row).toMatchObject({ value: 0.97, correct: 970, total: 1000 });
  expect(row.low).toBeCloseTo(0.9575, 4);
  expect(row.high).toBeCloseTo(0.9789, 4);
  const table = rowsAsTable([row, { task: 'speed', measure: 'once', value: 0.25, unit: 'seconds' }]);
  const lines = table.split('\n');
  expect(lines).toHaveLength(4);
  expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  expect(lines[2]).toContain('97.0 % (970 of 1000) | 95.7 % – 97.9 % | 99.0 % of recordings');
  expect(lines[3]).toContain('0.250 s');
});

it('draws seeds together: counts added up, Wilson’s interval over all, Student’s over the seeds', () => {
  const run = (correct: number, distance: number): EvaluationRow[] => [
    shareRow(
      { task: 'a', measure: 'right' },
      Array.from({ length: 100 }, (_, i) => i < correct),
    ),
    { task: 'a', measure: 'distance', value: distance, unit: 'distance' },
    ...(correct === 98 ? [{ task: 'b', measure: 'once', value: 7, unit: 'count' } as const] : []),
  ];
  const [share, distance, once] = overSeeds([run(98, 4), run(96, 5), run(97, 6)]);
  expect(share).toMatchObject({ correct: 291, total: 300, value: 0.97 });
  expect(share.low).toBeCloseTo(0.944, 3); // Wilson, 291 of 300
  // 4.30265 · 1 / √3 around the mean: Student's t at 97.5 % with two degrees of freedom.
  expect(distance).toMatchObject({ value: 5, seeds: { values: [4, 5, 6] } });
  expect(distance.seeds!.high - 5).toBeCloseTo(2.48414, 4);
  expect(share.seeds!.high).toBeLessThanOrEqual(1);
  expect(once).not.toHaveProperty('seeds');
  expect(rowsAsTable([share, distance])).toContain('mean and 95 % interval over seeds');
});
