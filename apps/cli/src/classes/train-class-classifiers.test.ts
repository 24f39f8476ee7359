import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from 'visual-echoes/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMediaDataset } from '../retrieval/read-clips.js';
import { readClassifiersFile } from './classifiers-file.js';
import { writeLabelledDataset } from './labelled-dataset.test.helper.js';
import { trainClassClassifiers } from './train-class-classifiers.js';

const classes = ['cat', 'dog', 'rain'];
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'classes-'));
  await selectBackend({ prefer: 'wasm' });
  const small = { side: 8, bands: 6, frames: 16 };
  await writeLabelledDataset(at('data'), { classes, ...small });
  await writeLabelledDataset(at('bare'), { classes, isBare: true });
  await writeLabelledDataset(at('single'), { classes, clips: { train: 1 }, ...small });
  await writeLabelledDataset(at('empty'), { classes, clips: { test: 2 }, ...small });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const train = async (name: string, options: Partial<Parameters<typeof trainClassClassifiers>[1]> = {}) =>
  trainClassClassifiers(await openMediaDataset(at(name)), { out: at('out'), steps: 2, ...options });

describe('trainClassClassifiers', { timeout: 120_000 }, () => {
  it('learns to tell sounds apart, says how well, and leaves no tensor and no checkpoint behind', async () => {
    const held = tf.memory().numTensors;
    const shares: number[] = [];
    const lines: string[] = [];
    const file = await train('data', {
      steps: 25,
      onProgress: (share) => shares.push(share),
      onMessage: (line) => lines.push(line),
    });
    expect(tf.memory().numTensors).toBe(held);
    expect(file.classes).toEqual(classes);
    expect(file.sound.accuracy).toMatchObject({
      heldApart: { total: 3 },
      heldBack: { correct: 6, total: 6 },
    });
    expect(file.picture.accuracy.heldBack!.total).toBe(12);
    expect(await readClassifiersFile(at('out'))).toEqual(file);
    expect(existsSync(at('out/sound-classifier.safetensors'))).toBe(true);
    expect(existsSync(at('out/sound-checkpoint.safetensors'))).toBe(false);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(lines).toContain('sound classifier');
  });

  it('goes on where it was stopped, with the same weights in the end', async () => {
    const weights = (out: string) => readFileSync(at(`${out}/sound-classifier.safetensors`));
    await train('data', { steps: 4, out: at('whole') });
    const stop = new AbortController();
    const stopped = train('data', {
      ...{ steps: 4, out: at('parts'), signal: stop.signal },
      onProgress: (share) => share > 0.6 && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    await train('data', { steps: 4, out: at('parts') });
    expect(weights('parts').equals(weights('whole'))).toBe(true);
  });

  it('says what is missing', async () => {
    await expect(train('bare')).rejects.toThrow(/bare has 0 classes, and classifiers tell two or more apart/);
    await expect(train('single')).rejects.toThrow(/too few pictures to hold some apart/);
    await expect(train('empty')).rejects.toThrow(/no clips of the split "train"; it has "test"/);
    await expect(readClassifiersFile(at('data'))).rejects.toThrow(
      /no classifiers.json.*--train-classifiers --dataset/,
    );
  });
});
