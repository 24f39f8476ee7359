import { describe, expect, it } from 'vitest';
import { EpochOrder } from './epoch-order.js';

const sizes = [3, 5, 2, 7, 1, 4, 6]; // 28 rows

/** Shard and row of samples `from` to before `to`, found anew for each as after a resume. */
function located(from: number, to: number, seed = 1, together = 3): string[] {
  return Array.from({ length: to - from }, (_, i) => {
    const group = new EpochOrder(sizes, { seed, together }).groupAt(from + i);
    let row = group.rows()[from + i - group.first];
    const shard = group.shards.find((one) => {
      row -= sizes[one];
      return row < 0;
    })!;
    return `${shard}:${row + sizes[shard]}`;
  });
}

describe('EpochOrder', () => {
  it('shows every row once an epoch, each epoch in another order', () => {
    const all = sizes.flatMap((rows, shard) => Array.from({ length: rows }, (_, row) => `${shard}:${row}`));
    const epochs = [located(0, 28), located(28, 56), located(56, 84)];
    for (const epoch of epochs) expect([...epoch].sort()).toEqual([...all].sort());
    expect(epochs[1]).not.toEqual(epochs[0]);
    expect(epochs[2]).not.toEqual(epochs[1]);
    expect(located(0, 28, 2)).not.toEqual(epochs[0]);
    expect(located(0, 28)).toEqual(epochs[0]);
  });

  it('mixes the rows of the shards of a group', () => {
    const order = new EpochOrder(sizes, { seed: 1, together: 3 });
    const { size, shards } = order.groupAt(0);
    expect(shards).toHaveLength(3);
    const seen = located(0, size).map((where) => where.split(':')[0]);
    const changes = seen.filter((shard, i) => i > 0 && shard !== seen[i - 1]).length;
    expect(changes).toBeGreaterThan(2);
  });

  it('counts groups through all epochs', () => {
    const order = new EpochOrder(sizes, { seed: 1, together: 3 });
    let first = 0;
    for (let ordinal = 0; ordinal < 10; ordinal++) {
      const group = order.group(ordinal);
      expect(group).toMatchObject({ ordinal, first });
      expect(order.groupAt(first + group.size - 1).ordinal).toBe(ordinal);
      first += group.size;
    }
  });

  it('needs rows', () => {
    expect(() => new EpochOrder([0, 0], { seed: 1 })).toThrow(/no rows/);
  });
});
