import { ShapeError } from '../errors.js';
import { sizeOf } from '../module/layout.js';
import type { NpyArray } from './read-npy.js';

/** NumPy begins the values at a multiple of so many bytes. */
const ALIGNMENT = 64;

const LETTERS: Record<string, string> = { Float: 'f', Int: 'i', BigInt: 'i', Uint: 'u', BigUint: 'u' };

/**
 * Writes an array as an `.npy` file (version 1, little-endian, C order), as `numpy.save` does.
 *
 * @throws ShapeError where the shape is not that of the values.
 *
 * @example
 * await writeFile('seven.mel.npy', writeNpy({ shape: [mel.bands, mel.frames], data: mel.data }));
 */
export function writeNpy({ shape, data }: NpyArray): Uint8Array<ArrayBuffer> {
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(`An array of shape [${shape}] has ${sizeOf(shape)} values, not ${data.length}.`);
  }
  const kind = data.constructor.name.replace(/\d+Array$/, '');
  const bytes = data.BYTES_PER_ELEMENT;
  const type = `${bytes === 1 ? '|' : '<'}${LETTERS[kind]}${bytes}`;
  const dimensions = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': ${dimensions}, }`;
  const start = ALIGNMENT * Math.ceil((10 + dictionary.length + 1) / ALIGNMENT);
  const file = new Uint8Array(start + data.byteLength);
  const view = new DataView(file.buffer);
  file.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  view.setUint16(8, start - 10, true);
  file.set(new TextEncoder().encode(`${dictionary.padEnd(start - 11)}\n`), 10);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return file;
}
