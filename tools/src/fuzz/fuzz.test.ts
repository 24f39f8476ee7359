import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInputError, Random } from '@visual-echoes/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzzReader } from './fuzz-reader.js';
import { mutate } from './mutate.js';
import { READERS } from './readers.js';
import { inputOf, runBlock, seedsOf } from './run-block.js';

describe.each(Object.keys(READERS))('the reader of %s', (name) => {
  const reader = READERS[name];

  it('takes the files that the others are made of', async () => {
    for (const bytes of await reader.seeds()) await reader.read(bytes);
  });

  it('takes or refuses 300 inputs', async () => {
    const report = await runBlock(reader, await seedsOf(reader), { seed: 1, from: 0, to: 300 });
    expect(report.crashed).toEqual([]);
    expect(report.accepted + report.refused).toBe(300);
    expect(report.refused).toBeGreaterThan(30);
    // In whatever order: an input is a function of its number.
    const again = await runBlock(reader, await seedsOf(reader), { seed: 1, from: 250, to: 300 });
    const before = await runBlock(reader, await seedsOf(reader), { seed: 1, from: 0, to: 250 });
    expect(again.accepted + before.accepted).toBe(report.accepted);
  });
});

describe('mutate', () => {
  const seeds = [new Uint8Array(50).fill(1), new Uint8Array(20).fill(2)];

  it('makes the same of the same random numbers, and leaves the seeds as they are', () => {
    const inputs = Array.from({ length: 500 }, (_, i) => mutate(seeds, new Random(i)));
    expect(Array.from({ length: 500 }, (_, i) => mutate(seeds, new Random(i)))).toEqual(inputs);
    expect(new Set(inputs.map((bytes) => bytes.join())).size).toBeGreaterThan(400);
    expect(seeds).toEqual([new Uint8Array(50).fill(1), new Uint8Array(20).fill(2)]);
  });

  it('makes longer, shorter and joined inputs', () => {
    const inputs = Array.from({ length: 500 }, (_, i) => mutate(seeds, new Random(i)));
    expect(inputs.some(({ length }) => length === 0)).toBe(true);
    expect(inputs.some(({ length }) => length > 50)).toBe(true);
    expect(inputs.some((bytes) => bytes[0] === 1 && bytes.at(-1) === 2)).toBe(true);
  });
});

it('repairs every other input, and gives each by its number alone', () => {
  const reader = { seeds: () => [], read: () => {}, repair: (bytes: Uint8Array) => void bytes.fill(9) };
  const seeds = [new Uint8Array(30)];
  expect(inputOf(reader, seeds, { seed: 1, index: 0 })).toBe(seeds[0]);
  for (const index of [5, 7, 9]) {
    expect(inputOf(reader, seeds, { seed: 1, index }).every((byte) => byte === 9)).toBe(true);
    expect(inputOf(reader, seeds, { seed: 1, index: index + 1 }).every((byte) => byte === 9)).toBe(false);
  }
});

it('counts an error of ours as refused and any other as crashed', async () => {
  let calls = 0;
  const reader = {
    seeds: () => [],
    read: () => {
      if (calls++ % 3 === 0) throw new InvalidInputError('no');
      if (calls % 3 === 0) throw new TypeError('oh');
    },
  };
  const report = await runBlock(reader, [new Uint8Array(9)], { seed: 1, from: 0, to: 6 });
  expect(report).toMatchObject({ accepted: 2, refused: 2, crashed: [{ index: 2 }, { index: 5 }] });
  expect(report.crashed[0].message).toMatch(/TypeError: oh/);
});

describe('fuzzReader', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('finds which input hangs and which ends the process, and goes on', async () => {
    const worker = join(folder, 'worker.mjs');
    writeFileSync(
      worker,
      `process.on('message', ({ from, to }) => {
         for (let index = from; index < to; index++) {
           if (index === 203) for (;;);
           if (index === 407) { console.error('last words'); process.exit(3); }
         }
         process.send({ accepted: to - from, refused: 0, crashed: [], slowest: { milliseconds: 1, index: from } });
       });
       process.send('ready');`,
    );
    const report = await fuzzReader(worker, 'any', { count: 450, seed: 1, timeout: 0.5 });
    expect(report.hung).toEqual([203]);
    expect(report.crashed).toEqual([
      { index: 407, message: expect.stringMatching(/the process ended \(3\): last words/) },
    ]);
    expect(report.accepted).toBe(448);
  });

  it('tells a block that fails as a whole alone', async () => {
    const worker = join(folder, 'whole.mjs');
    writeFileSync(
      worker,
      `process.on('message', ({ from, to }) => {
         if (to - from > 1) process.exit(4);
         process.send({ accepted: 1, refused: 0, crashed: [], slowest: { milliseconds: from === 3 ? 700 : 1, index: from } });
       });
       process.send('ready');`,
    );
    const report = await fuzzReader(worker, 'any', { count: 5, seed: 1, timeout: 0.5 });
    expect(report.hung).toEqual([3]); // it answered, and too late
    const quick = await fuzzReader(worker, 'any', { count: 3, seed: 1, timeout: 0.5 });
    expect(quick.crashed).toEqual([
      { index: 0, message: expect.stringMatching(/inputs 0 to 2 together.*\(4\)/) },
    ]);
  });

  it('says that a reader does not start', async () => {
    const worker = join(folder, 'broken.mjs');
    writeFileSync(worker, 'throw new Error("no such reader")');
    await expect(fuzzReader(worker, 'any', { count: 1, seed: 1 })).rejects.toThrow(
      /"any" did not start: [\s\S]*no such reader/,
    );
  });
});
