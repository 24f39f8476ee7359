import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { readWav, type Waveform } from '@visual-echoes/vq-audio';

/** The six voices of FSDD, by name. */
export const FSDD_VOICES = ['george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler'] as const;

export interface SpokenDigit {
  readonly name: string;
  readonly sound: Waveform;
  readonly digit: number;
  readonly speaker: (typeof FSDD_VOICES)[number];
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

const NAME = new RegExp(`^(\\d)_(${FSDD_VOICES.join('|')})_(\\d+)\\.wav$`);

/** Reads one part of the Free Spoken Digit Dataset, `{digit}_{speaker}_{index}.wav`, in the order of its names. */
export async function readFsdd(folder: string, part: FsddPart): Promise<SpokenDigit[]> {
  const files = await readdir(folder).catch((cause) => {
    throw fileAccessError('read', folder, cause);
  });
  const found: SpokenDigit[] = [];
  for (const name of files.sort()) {
    const match = NAME.exec(name);
    if (!match || !PARTS[part](Number(match[3]))) continue;
    const sound = readWav(await readFile(join(folder, name)));
    found.push({
      name,
      sound,
      digit: Number(match[1]),
      speaker: match[2] as SpokenDigit['speaker'],
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
