import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTokenDataset, type TokenDataset } from '../../dataset/read-token-dataset.js';
import { writeTinyDataset } from '../token-dataset.test.helper.js';
import { pairStream } from './pair-stream.js';
import { readClips } from './read-clips.js';

const SIZES = [7, 5, 9, 4]; // 25 clips of 3 frames
let folder: string;
let dataset: TokenDataset;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pairs-'));
  await writeTinyDataset(folder, { shards: SIZES });
  dataset = await openTokenDataset(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

function stream({ label = false, seed = 1 } = {}) {
  const reads: number[] = [];
  const shards = dataset.shards('train');
  const pairs = pairStream({
    form: dataset,
    sizes: SIZES,
    read: (shard) => {
      reads.push(shard);
      return readClips(dataset, shards[shard]);
    },
    seed,
    label,
    together: 2,
  });
  return { pairs, reads };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 50));
const allClips = async () =>
  (await Promise.all(dataset.shards('train').map(({ file }) => dataset.read(file)))).flat();

describe('pairStream', () => {
  it('gives every clip once an epoch, with any of its frames and its label', async () => {
    const clips = await allClips();
    const frames = new Set<string>();
    const { pairs } = stream({ label: true });
    for (let epoch = 0; epoch < 20; epoch++) {
      const seen = (await pairs.take(epoch * 25, 25)).map(({ image, audio, label }) => {
        const clip = clips.findIndex((one) => one.frames.some((frame) => frame.join() === image.join()));
        expect(audio).toEqual(clips[clip].audio);
        expect(dataset.labels[label[0]]).toBe(clips[clip].label);
        frames.add(image.join());
        return clip;
      });
      expect([...seen].sort((a, b) => a - b)).toEqual(clips.map((_, i) => i));
    }
    expect(frames.size).toBe(75); // 20 draws of each clip leave out one of three frames once in 3,000 times
  });

  it('gives the same samples wherever it begins, and others for another seed', async () => {
    const whole = await stream().pairs.take(0, 120);
    const resumed = stream().pairs;
    for (const [first, count] of [
      [83, 9],
      [92, 28],
      [3, 40], // back again
    ]) {
      expect(await resumed.take(first, count)).toEqual(whole.slice(first, first + count));
    }
    expect(await stream({ seed: 2 }).pairs.take(0, 120)).not.toEqual(whole);
  });

  it('reads the next group ahead, and none twice', async () => {
    const { pairs, reads } = stream();
    await pairs.take(0, 1);
    await settled();
    expect(reads).toHaveLength(4); // two groups of two shards
    for (let first = 1; first < 50; first++) await pairs.take(first, 1);
    await settled();
    expect(reads).toHaveLength(10); // two epochs, and the first group of the third
  });

  it('says what is wrong when the samples are wanted, and not before', async () => {
    let broken = false;
    const shards = dataset.shards('train');
    const pairs = pairStream({
      form: dataset,
      sizes: SIZES,
      read: async (shard) => {
        if (broken) throw new Error('the disk is gone');
        return readClips(dataset, shards[shard]);
      },
      seed: 1,
      together: 2,
    });
    await pairs.take(0, 1);
    await settled();
    broken = true;
    await pairs.take(24, 1); // the next group cannot be read ahead
    await settled();
    await expect(pairs.take(25, 1)).rejects.toThrow('the disk is gone');
    broken = false;
    expect(await pairs.take(25, 1)).toHaveLength(1);
  });

  it('finds a shard of another length than its dataset says', async () => {
    const [{ file }] = dataset.shards('train');
    await expect(readClips(dataset, { file, rows: 8 })).rejects.toThrow(
      /has 7 rows where its dataset says 8/,
    );
  });
});
