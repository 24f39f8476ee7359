import { expect, it } from 'vitest';
import { mapInOrder } from './map-in-order.js';

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

it('keeps the order, does so many at a time, and begins no more than is asked for', async () => {
  let running = 0;
  let most = 0;
  let begun = 0;
  const slow = async (item: number) => {
    begun++;
    most = Math.max(most, ++running);
    await wait((item * 7) % 5);
    running--;
    return 10 * item;
  };
  const results: number[] = [];
  for await (const result of mapInOrder([1, 2, 3, 4, 5, 6], 3, slow)) results.push(result);
  expect(results).toEqual([10, 20, 30, 40, 50, 60]);
  expect(most).toBe(3);
  begun = 0;
  for await (const _ of mapInOrder([1, 2, 3, 4, 5, 6], 2, slow)) break;
  expect(begun).toBe(2);
});

it('throws what an item throws, after what is under way has ended', async () => {
  let ended = 0;
  const work = async (item: number) => {
    if (item === 2) throw new Error('two');
    await wait(5);
    ended++;
    return item;
  };
  const results: number[] = [];
  const run = async () => {
    for await (const result of mapInOrder([1, 2, 3], 3, work)) results.push(result);
  };
  await expect(run()).rejects.toThrow('two');
  expect(results).toEqual([1]);
  expect(ended).toBe(2);
});
