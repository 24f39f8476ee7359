import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, FileAccessError, InvalidInputError } from '@visual-echoes/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ClipTokens } from './clip-tokens.js';
import { writeDatasetFile } from './dataset-file.js';
import { ShardReader } from './read-shard.js';
import { openTokenDataset } from './read-token-dataset.js';
import { TOKEN_ROW_GROUP, writeTokenShard } from './token-shard.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dataset-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const fields = [
  { name: 'image', grid: [2, 3] as [number, number], vocabulary: 16 },
  { name: 'audio', grid: [1, 4] as [number, number], vocabulary: 8 },
];
const clip = (i: number, split = 'train'): ClipTokens => ({
  id: `clip-${i} é`,
  label: i % 3 === 0 ? null : 'dog, bärking',
  split,
  frames: Array.from({ length: 10 }, (_, t) => Int32Array.from({ length: 6 }, (_, p) => (i + t + p) % 16)),
  audio: Int32Array.of(i % 8, 7, 0, 1),
});
const clips = (count: number, split?: string) => Array.from({ length: count }, (_, i) => clip(i, split));

async function put(rows: readonly ClipTokens[] = clips(250)): Promise<void> {
  await writeTokenShard(join(folder, 'train-00000.parquet'), rows);
  await writeTokenShard(join(folder, 'test-00000.parquet'), clips(3, 'test'));
  await writeDatasetFile(folder, {
    format: 1,
    holds: 'tokens',
    fields,
    labels: ['dog, bärking'],
    shards: [
      { file: 'train-00000.parquet', split: 'train', rows: rows.length },
      { file: 'test-00000.parquet', split: 'test', rows: 3 },
      { file: 'test-00001.parquet', split: 'test', rows: 0 },
    ],
  });
}

it('gives back what was written, whole and in part', async () => {
  await put();
  const dataset = await openTokenDataset(folder);
  expect(dataset.fields).toEqual(fields);
  expect(dataset.labels).toEqual(['dog, bärking']);
  expect([dataset.count('train'), dataset.count('test'), dataset.count('other')]).toEqual([250, 3, 0]);
  expect(dataset.shards('test')).toEqual([{ file: 'test-00000.parquet', rows: 3 }]);
  expect(await dataset.read('train-00000.parquet')).toEqual(clips(250));
  expect(await dataset.read('train-00000.parquet', { from: 98, to: 203 })).toEqual(clips(250).slice(98, 203));
  expect(await dataset.read('train-00000.parquet', { from: 249, to: 999 })).toEqual([clip(249)]);
  expect(await dataset.read('train-00000.parquet', { from: 250 })).toEqual([]);
});

it('writes the same bytes for the same rows, a row group every hundred', async () => {
  const [a, b] = [join(folder, 'a.parquet'), join(folder, 'b.parquet')];
  await writeTokenShard(a, clips(250));
  await writeTokenShard(
    b,
    (async function* () {
      yield* clips(250);
    })(),
  );
  expect(readFileSync(b)).toEqual(readFileSync(a));
  expect((await ShardReader.open(a)).bounds).toEqual([0, TOKEN_ROW_GROUP, 200, 250]);
  await writeTokenShard(b, []);
  expect((await ShardReader.open(b)).rows).toBe(0);
});

it('refuses what is no dataset, not finished, or not of tokens', async () => {
  await expect(openTokenDataset(folder)).rejects.toThrow(FileAccessError);
  const file = { format: 1, holds: 'tokens', fields, labels: [], shards: [] } as const;
  const write = (changed: object) =>
    writeFileSync(join(folder, 'dataset.json'), JSON.stringify({ ...file, ...changed }));
  const shards = [{ file: '../train.parquet', split: 'train', rows: 1 }];
  for (const [changed, message] of [
    [{ format: 2 }, /2 is not 1, the format read here/],
    [{ shards }, /shards\.0\.file/],
    [{ shards: [{ file: 'a.parquet', split: 'train', clips: 2 }] }, /is not finished: a\.parquet/],
    [{ fields: [fields[0]] }, /no field "audio"/],
    [{ shards: Array(2).fill({ file: 'a.parquet', split: 'a', rows: 0 }) }, /a\.parquet is named twice/],
  ] as const) {
    write(changed);
    await expect(openTokenDataset(folder)).rejects.toThrow(ConfigurationError);
    await expect(openTokenDataset(folder)).rejects.toThrow(message);
  }
});

it('names a shard that is damaged, absent or has other tokens', async () => {
  await put();
  const dataset = await openTokenDataset(folder);
  const path = join(folder, 'train-00000.parquet');
  await expect(dataset.read('test-00001.parquet')).rejects.toThrow(FileAccessError);
  await expect(dataset.read('../secret')).rejects.toThrow(/has no shard \.\.\/secret/);
  const whole = readFileSync(path);
  for (const bytes of [whole.subarray(0, 500), Buffer.alloc(0), Buffer.from('hello'.repeat(99))]) {
    writeFileSync(path, bytes);
    await expect((await openTokenDataset(folder)).read('train-00000.parquet')).rejects.toThrow(
      InvalidInputError,
    );
  }
  const wrong: [Partial<ClipTokens>, RegExp][] = [
    [{ audio: Int32Array.of(1, 2, 3) }, /has 3 tokens of audio where 1×4 = 4 were due/],
    [{ audio: Int32Array.of(1, 2, 3, 8) }, /the token 8 of audio, which has 8/],
    [{ frames: [] }, /has no frames/],
  ];
  for (const [changed, message] of wrong) {
    await put([{ ...clip(0), ...changed }]);
    await expect((await openTokenDataset(folder)).read('train-00000.parquet')).rejects.toThrow(message);
  }
});
