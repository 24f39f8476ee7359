import { describe, expect, it } from 'vitest';
import { formatTable, summarize } from './summary.js';

describe('summarize', () => {
  it("gives the median and the quartiles' distance, as numpy.quantile does", () => {
    // numpy.quantile([10, 1, 4, 2], [0.25, 0.5, 0.75]) = [1.75, 3, 5.5]
    expect(summarize([10, 1, 4, 2])).toEqual({ runs: 4, median: 3, spread: (5.5 - 1.75) / 3 });
    expect(summarize([7])).toEqual({ runs: 1, median: 7, spread: 0 });
  });
});

describe('formatTable', () => {
  it('sets names to the left and figures to the right', () => {
    expect(
      formatTable([
        ['', 'wasm'],
        ['matmul', '1'],
      ]),
    ).toBe('        wasm\nmatmul     1');
  });
});
