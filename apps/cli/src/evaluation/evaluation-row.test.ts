import { expect, it } from 'vitest';
import { rowsAsTable, shareRow } from './evaluation-row.js';

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
