import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';

export interface LabelledPictures {
  /** Grey, 28 × 28 each, light on dark: `[count · 784]`. */
  readonly pictures: Uint8Array;
  /** 0–9. */
  readonly labels: Uint8Array;
  readonly count: number;
}

export const MNIST_SIDE = 28;

/** The classes of handwritten and of spoken digits. */
export const DIGITS: readonly string[] = [...'0123456789'];

/** Reads one part of MNIST from its IDX files (LeCun, Cortes and Burges), gzipped or not. */
export async function readMnist(folder: string, part: 'train' | 'test'): Promise<LabelledPictures> {
  const stem = part === 'train' ? 'train' : 't10k';
  const pictures = await readIdx(join(folder, `${stem}-images-idx3-ubyte`), 3);
  const labels = await readIdx(join(folder, `${stem}-labels-idx1-ubyte`), 1);
  const [count, rows, columns] = pictures.shape;
  if (rows !== MNIST_SIDE || columns !== MNIST_SIDE || labels.shape[0] !== count) {
    throw new InvalidInputError(
      `${folder} holds ${count} pictures of ${rows}×${columns}, not MNIST's 28×28.`,
    );
  }
  return { pictures: pictures.values, labels: labels.values, count };
}

/** The picture of index `i`. */
export const pictureAt = ({ pictures }: LabelledPictures, i: number): Uint8Array =>
  pictures.subarray(i * MNIST_SIDE ** 2, (i + 1) * MNIST_SIDE ** 2);

async function readIdx(path: string, rank: number): Promise<{ shape: number[]; values: Uint8Array }> {
  const bytes = await readFile(`${path}.gz`)
    .then((zipped) => promisify(gunzip)(zipped))
    .catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT')
        throw new InvalidInputError(`${path}.gz is damaged; fetch it again.`, { cause });
      return readFile(path);
    })
    .catch((cause) => {
      throw fileAccessError('read', path, cause);
    });
  // Two zeros, the type (8: unsigned bytes), the rank, then each dimension in 32 bits, high byte first.
  const header = 4 + 4 * rank;
  if (bytes.length < header || bytes.readUInt32BE(0) !== 0x800 + rank) {
    throw new InvalidInputError(`${path} is no IDX file of rank ${rank}; fetch MNIST again.`);
  }
  const shape = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const size = shape.reduce((product, n) => product * n, 1);
  if (bytes.length !== header + size) {
    throw new InvalidInputError(
      `${path} has ${bytes.length} bytes where ${header + size} were due; fetch it again.`,
    );
  }
  return { shape, values: new Uint8Array(bytes.subarray(header)) };
}
