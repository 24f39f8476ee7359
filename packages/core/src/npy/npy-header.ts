import { InvalidInputError } from '../errors.js';

/** What the header of an `.npy` file says. */
export interface NpyHeader {
  /** NumPy's name of the type without the byte order: `f4`, `i8`, `b1`, … */
  type: string;
  littleEndian: boolean;
  /** Whether the first index is the fastest, rather than the last. */
  fortranOrder: boolean;
  shape: number[];
  /** Where the values begin, in bytes from the start of the file. */
  offset: number;
}

/** NumPy's own limit is 64 dimensions. */
const MOST_DIMENSIONS = 64;

/** Bytes; NumPy writes 54 to a few hundred, and its reader stops at 10,000. */
const LONGEST_HEADER = 10_000;

/** Throws what is wrong with an `.npy` file. */
export const malformed = (why: string): never => {
  throw new InvalidInputError(`Not a sound .npy file: ${why}. Copy it or write it by numpy.save again.`);
};

/**
 * Reads the header of an `.npy` file of version 1, 2 or 3, which is the literal of a Python dictionary; it is taken
 * apart by patterns and never run.
 * @throws InvalidInputError
 */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length < 10) malformed(`it has ${bytes.length} bytes, fewer than its first fields need`);
  if (String.fromCharCode(...bytes.subarray(0, 6)) !== '\x93NUMPY')
    malformed('it does not begin with NumPy’s mark');
  const version = bytes[6];
  if (version < 1 || version > 3) malformed(`its version is ${version}.${bytes[7]}, and 1 to 3 are read`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) malformed('it ends before its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const offset = start + length;
  if (length > LONGEST_HEADER || offset > bytes.length) {
    malformed(`its header claims ${length} bytes and the file has ${bytes.length}`);
  }
  const entries = readDictionary(new TextDecoder().decode(bytes.subarray(start, offset)));
  const { littleEndian, type } = readType(entries['descr']);
  return {
    type,
    littleEndian,
    fortranOrder: entries['fortran_order'] === 'True',
    shape: readShape(entries['shape']),
    offset,
  };
}

/** One entry with what follows it; a value is a string, a truth value, or a tuple of numbers (of Python 2 with an L). */
const ENTRY =
  /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*('[^'\\]*'|"[^"\\]*"|True|False|\((?:\s*\d+L?\s*,)*(?:\s*\d+L?)?\s*\)|\[.*)\s*(?:,|$)/sy;

/** The entries of the dictionary as text, all three and no other. */
function readDictionary(text: string): Record<string, string> {
  const body = /^\s*\{([^{}]*)\}\s*$/.exec(text)?.[1].trim() ?? malformed('its header is no dictionary');
  const entries: Record<string, string> = {};
  for (let at = 0; at < body.length; ) {
    ENTRY.lastIndex = at;
    const [entry, , key, value] = ENTRY.exec(body) ?? malformed('its header is not as NumPy writes it');
    if (value.startsWith('['))
      malformed('it holds records of several types, and arrays of one type are read');
    if (Object.hasOwn(entries, key)) malformed('its header is not as NumPy writes it');
    entries[key] = value;
    at += entry.length;
  }
  for (const key of ['descr', 'fortran_order', 'shape']) {
    if (!Object.hasOwn(entries, key)) malformed(`its header has no "${key}"`);
  }
  if (!/^(True|False)$/.test(entries['fortran_order'])) malformed('its order is neither True nor False');
  return entries;
}

function readType(text: string): { littleEndian: boolean; type: string } {
  const [, order, type] = /^['"]([<>|=]?)([a-zA-Z]\d*)['"]$/.exec(text) ?? malformed('its type is unknown');
  if (type.startsWith('O')) malformed('it holds Python objects, which are never loaded');
  return { littleEndian: order !== '>', type };
}

function readShape(text: string): number[] {
  if (!text.startsWith('(')) malformed('its shape is no tuple');
  const shape = [...text.matchAll(/\d+/g)].map(Number);
  if (shape.length === 1 && !text.includes(',')) malformed('its shape is no tuple');
  if (shape.length > MOST_DIMENSIONS) malformed(`it has ${shape.length} dimensions`);
  if (!shape.every(Number.isSafeInteger)) malformed('its shape is past all bounds');
  return shape;
}
