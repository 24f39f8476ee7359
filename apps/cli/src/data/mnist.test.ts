import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FileAccessError, InvalidInputError } from '@visual-echoes/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pictureAt, readMnist } from './mnist.js';
import { idxFile } from './mnist.test.helper.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pixels = Uint8Array.from({ length: 2 * 784 }, (_, i) => i % 251);
const put = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes);

it('reads gzipped and plain files', async () => {
  await put('train-images-idx3-ubyte.gz', gzipSync(idxFile([2, 28, 28], pixels)));
  await put('train-labels-idx1-ubyte', idxFile([2], Uint8Array.of(7, 3)));
  const data = await readMnist(folder, 'train');
  expect(data.count).toBe(2);
  expect([...data.labels]).toEqual([7, 3]);
  expect(pictureAt(data, 1)).toEqual(pixels.slice(784));
});

it.each<[string, Uint8Array, Uint8Array]>([
  ['a damaged archive', Buffer.from('no archive'), gzipSync(idxFile([2], Uint8Array.of(7, 3)))],
  [
    'a truncated file',
    gzipSync(idxFile([2, 28, 28], pixels).subarray(0, -1)),
    gzipSync(idxFile([2], Uint8Array.of(1, 2))),
  ],
  ['another rank', gzipSync(idxFile([2, 784], pixels)), gzipSync(idxFile([2], Uint8Array.of(1, 2)))],
  [
    'another size of picture',
    gzipSync(idxFile([8, 14, 14], pixels)),
    gzipSync(idxFile([8], new Uint8Array(8))),
  ],
  [
    'labels of another number',
    gzipSync(idxFile([2, 28, 28], pixels)),
    gzipSync(idxFile([1], Uint8Array.of(1))),
  ],
])('refuses %s', async (_, images, labels) => {
  await put('t10k-images-idx3-ubyte.gz', images);
  await put('t10k-labels-idx1-ubyte.gz', labels);
  await expect(readMnist(folder, 'test')).rejects.toThrow(InvalidInputError);
});

it('says which file is absent', async () => {
  await expect(readMnist(folder, 'test')).rejects.toThrow(FileAccessError);
  await expect(readMnist(folder, 'test')).rejects.toThrow(/t10k-images-idx3-ubyte/);
});
