import type { Random } from '@visual-echoes/core';

/** No mutated input is longer, bytes. */
const LONGEST = 65_536;

/** Numbers that break readers: none, one, the limits of types, and near them. */
const NUMBERS = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

/** Likewise in text. */
const TEXTS = [
  '0',
  '-1',
  '1e9',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '99999999999999999999',
  '0.5',
];

type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** A range, mostly a short one. */
function range(bytes: Uint8Array, random: Random): [start: number, end: number] {
  const start = random.integer(bytes.length + 1);
  const most = random.integer(4) === 0 ? bytes.length : 32;
  return [start, Math.min(bytes.length, start + random.integer(most + 1))];
}

/** A place; every other time in the first 64 bytes, where headers are. */
const place = (bytes: Uint8Array, random: Random) =>
  random.integer(random.integer(2) === 0 ? Math.min(64, bytes.length) : bytes.length);

const flipBits: Mutation = (bytes, random) => {
  const flipped = bytes.slice();
  for (let n = 1 + random.integer(8); n > 0; n--) flipped[place(bytes, random)] ^= 1 << random.integer(8);
  return flipped;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random.integer(bytes.length + 1));

const remove: Mutation = (bytes, random) => {
  const [start, end] = range(bytes, random);
  return joined(bytes.subarray(0, start), bytes.subarray(end));
};

const duplicate: Mutation = (bytes, random) => {
  const [start, end] = range(bytes, random);
  const copies = Array.from({ length: 1 + random.integer(3) }, () => bytes.subarray(start, end));
  return joined(bytes.subarray(0, end), ...copies, bytes.subarray(end));
};

const insert: Mutation = (bytes, random) => {
  const at = place(bytes, random);
  const noise = Uint8Array.from({ length: 1 + random.integer(16) }, () => random.integer(256));
  return joined(bytes.subarray(0, at), noise, bytes.subarray(at));
};

const splice: Mutation = (bytes, random, others) => {
  const other = others[random.integer(others.length)];
  return joined(
    bytes.subarray(0, random.integer(bytes.length + 1)),
    other.subarray(random.integer(other.length + 1)),
  );
};

/** Writes a telling number as a field of one to eight bytes, of either order. */
const changeField: Mutation = (bytes, random) => {
  const changed = bytes.slice();
  const width = 1 << random.integer(4);
  const at = place(bytes, random);
  if (at + width > bytes.length) return changed;
  const near = bytes.length - at + random.integer(17) - 8;
  const value = BigInt(random.integer(3) === 0 ? near : NUMBERS[random.integer(NUMBERS.length)]);
  const shifted = width === 8 && random.integer(2) === 0 ? value << 32n : value;
  const littleEndian = random.integer(2) === 0;
  for (let i = 0; i < width; i++) {
    const shift = BigInt(8 * (littleEndian ? i : width - 1 - i));
    changed[at + i] = Number((shifted >> shift) & 0xffn);
  }
  return changed;
};

/** Replaces a number that is written in digits. */
const changeDigits: Mutation = (bytes, random) => {
  const isDigit = (at: number) => bytes[at] >= 0x30 && bytes[at] <= 0x39;
  let start = place(bytes, random);
  while (start < bytes.length && !isDigit(start)) start++;
  let end = start;
  while (end < bytes.length && isDigit(end)) end++;
  if (start === end) return bytes;
  const text = new TextEncoder().encode(TEXTS[random.integer(TEXTS.length)]);
  return joined(bytes.subarray(0, start), text, bytes.subarray(end));
};

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipBits,
  truncate,
  remove,
  duplicate,
  insert,
  splice,
  changeField,
  changeField,
  changeDigits,
];

/** One of `seeds`, changed in one to four ways; the same for the same `random`. */
export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = seeds[random.integer(seeds.length)];
  const changes = 1 + Math.min(random.integer(4), random.integer(4));
  for (let i = 0; i < changes && bytes.length > 0; i++) {
    bytes = MUTATIONS[random.integer(MUTATIONS.length)](bytes, random, seeds).subarray(0, LONGEST);
  }
  return bytes;
}
