import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { InvalidInputError, type NpyArray, readNpy } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import type { Mel } from '@visual-echoes/vq-audio';

/**
 * The mean absolute difference of a mel spectrogram from the reference of its name in `folder` (`NAME_mel.npy`, as
 * SpecVQGAN's authors name them, `NAME.mel.npy` or `NAME.npy`), over the frames that both have from the start.
 * @throws InvalidInputError where there is none, or it is no array of as many bands.
 */
export async function compareMel(
  path: string,
  { data, bands, frames }: Mel,
  folder: string,
): Promise<number> {
  const name = basename(path, extname(path));
  const names = [`${name}_mel.npy`, `${name}.mel.npy`, `${name}.npy`];
  const file = names.map((one) => join(folder, one)).find((one) => existsSync(one));
  if (!file) throw new InvalidInputError(`${path}: there is no ${names.join(', ')} in ${folder}.`);
  const { shape, data: reference } = await readNpyFile(file);
  if (shape.length !== 2 || shape[0] !== bands || shape[1] === 0) {
    throw new InvalidInputError(`${file} has the shape [${shape}], not [${bands}, frames].`);
  }
  const common = Math.min(frames, shape[1]);
  let sum = 0;
  for (let band = 0; band < bands; band++) {
    for (let t = 0; t < common; t++) {
      sum += Math.abs(data[band * frames + t] - Number(reference[band * shape[1] + t]));
    }
  }
  return sum / (bands * common);
}

async function readNpyFile(path: string): Promise<NpyArray> {
  try {
    return readNpy(await readFile(path));
  } catch (cause) {
    if (cause instanceof InvalidInputError)
      throw new InvalidInputError(`${path}: ${cause.message}`, { cause });
    throw fileAccessError('read', path, cause);
  }
}
