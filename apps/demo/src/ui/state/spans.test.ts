import { expect, it } from 'vitest';
import { columnsOf, spansOf, spanWidth } from './spans.js';

it('rubs out columns one by one where they are few, and some at a time where they are many', () => {
  expect([8, 13, 26, 27].map(spanWidth)).toEqual([1, 1, 2, 3]);
  expect(spansOf(new Set([3, 4, 25]), 2)).toEqual(new Set([1, 2, 12]));
  expect(columnsOf(new Set([1, 2]), 2, 26)).toEqual(new Set([2, 3, 4, 5]));
  expect(columnsOf(new Set([8]), 3, 26)).toEqual(new Set([24, 25])); // the last is shorter
});
