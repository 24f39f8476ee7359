import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAccessError, InvalidInputError } from '@visual-echoes/core';
import { writeWav } from '@visual-echoes/vq-audio';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFsdd, readVoices } from './fsdd.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fsdd-'));
  const sound = writeWav({ sampleRate: 8000, channels: [new Float32Array(80).fill(0.5)] });
  const names = ['7_theo_0', '7_theo_4', '7_theo_5', '7_theo_7', '7_theo_8', '0_lucas_49', 'notes', '7_theo'];
  for (const name of names) await writeFile(join(folder, `${name}.wav`), sound);
});
afterAll(() => rm(folder, { recursive: true }));

it('splits by the index: 0–4 test, 5–7 validation, the rest train', async () => {
  const names = async (part: Parameters<typeof readFsdd>[1]) =>
    (await readFsdd(folder, part)).map(({ name }) => name);
  expect(await names('test')).toEqual(['7_theo_0.wav', '7_theo_4.wav']);
  expect(await names('validation')).toEqual(['7_theo_5.wav', '7_theo_7.wav']);
  expect(await names('train')).toEqual(['0_lucas_49.wav', '7_theo_8.wav']);
});

it('reads the sound and what its name says', async () => {
  const [first] = await readFsdd(folder, 'train');
  expect(first).toMatchObject({ digit: 0, speaker: 'lucas', index: 49 });
  expect(first.sound.sampleRate).toBe(8000);
  expect(first.sound.channels[0]).toHaveLength(80);
});

it('lists the voices', async () => {
  expect(await readVoices(folder)).toEqual(['lucas', 'theo']);
});

it('says what is missing', async () => {
  await expect(readFsdd(join(folder, 'absent'), 'test')).rejects.toThrow(FileAccessError);
  const empty = await mkdtemp(join(tmpdir(), 'fsdd-'));
  await expect(readFsdd(empty, 'test')).rejects.toThrow(InvalidInputError);
  await rm(empty, { recursive: true });
});
