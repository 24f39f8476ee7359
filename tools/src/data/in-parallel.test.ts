import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inParallel } from './in-parallel.js';

describe('inParallel', () => {
  it('keeps the order, and no more at work than are wanted', async () => {
    let atWork = 0;
    let most = 0;
    const made = await inParallel([5, 1, 4, 2, 3], 2, async (item, i) => {
      most = Math.max(most, ++atWork);
      await setTimeout(item);
      atWork--;
      return [item, i];
    });
    expect(made).toEqual([5, 1, 4, 2, 3].map((item, i) => [item, i]));
    expect(most).toBe(2);
    expect(await inParallel([], 2, async () => 1)).toEqual([]);
  });

  it('starts nothing after an error, and waits for what is at work', async () => {
    const ended: number[] = [];
    const work = inParallel([0, 1, 2, 3], 2, async (item) => {
      await setTimeout(item === 0 ? 1 : 10);
      if (item === 0) throw new Error('no');
      ended.push(item);
    });
    await expect(work).rejects.toThrow('no');
    expect(ended).toEqual([1]);
  });
});
