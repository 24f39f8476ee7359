import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { readWav, type Waveform } from '@visual-echoes/vq-audio';

/** The voices of FSDD, in the order of the names. */
export const FSDD_VOICES = ['george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler'] as const;

export interface SpokenDigit {
  readonly name: string;
  readonly sound: Waveform;
  readonly digit: number;
  readonly speaker: string;
  /** 0–4 are the test part. */
  readonly index: number;
}

export type FsddPart = 'train' | 'validation' | 'test';

/** The official split is 0–4 test and 5–49 train; of the latter we keep 5–7 for validation and the search of settings. */
const PARTS: Record<FsddPart, (index: number) => boolean> = {
  train: (index) => index >= 8,
  validation: (index) => index >= 5 && index < 8,
  test: (index) => index < 5,
};

const NAME = /^(\d)_([a-z]+)_(\d+)\.wav$/;

/** Reads one part of the Free Spoken Digit Dataset, `{digit}_{speaker}_{index}.wav`, in the order of its names. */
export async function readFsdd(folder: string, part: FsddPart): Promise<SpokenDigit[]> {
  const found: SpokenDigit[] = [];
  for (const name of await fileNames(folder)) {
    const match = NAME.exec(name);
    if (!match || !PARTS[part](Number(match[3]))) continue;
    const sound = readWav(await readFile(join(folder, name)));
    found.push({
      name,
      sound,
      digit: Number(match[1]),
      speaker: match[2],
      index: Number(match[3]),
    });
  }
  if (found.length === 0) {
    throw new InvalidInputError(
      `${folder} holds no recordings named like 7_george_12.wav; fetch FSDD there.`,
    );
  }
  return found;
}

/** The speakers of all parts, in the order of their names. */
export async function readVoices(folder: string): Promise<string[]> {
  const speakers = (await fileNames(folder)).flatMap((name) => NAME.exec(name)?.[2] ?? []);
  return [...new Set(speakers)].sort();
}

async function fileNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause) => {
    throw fileAccessError('read', folder, cause);
  });
  return names.sort();
}
