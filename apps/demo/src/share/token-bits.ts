import type { ModelInfo } from '../studio/protocol.js';
import type { BitReader, BitWriter } from './bit-stream.js';

type Field = ModelInfo['fields'][number];

/** How a field is written, in two bits; what all tokens share is written once. */
const ABSENT = 0;
const UNKNOWN = 1;
const KNOWN = 2;
const MIXED = 3;

const positions = ({ grid: [rows, columns] }: Field) => rows * columns;
/** Bits that tell so many values apart. */
const width = (values: number) => Math.ceil(Math.log2(values));

/** The most bits that a field takes. */
export const tokenBits = (field: Field) => 2 + positions(field) * width(field.vocabulary + 1);

/** Writes a field's tokens, −1 where unknown, or that there are none. @throws RangeError for what is no token of the field. */
export function writeTokens(bits: BitWriter, field: Field, tokens: Int32Array | undefined): void {
  const form = formOf(field, tokens);
  bits.write(form, 2);
  if (!tokens || form < KNOWN) return;
  const offset = form === MIXED ? 1 : 0;
  for (const token of tokens) bits.write(token + offset, width(field.vocabulary + offset));
}

function formOf(field: Field, tokens: Int32Array | undefined): number {
  if (!tokens) return ABSENT;
  if (tokens.length !== positions(field)) {
    throw new RangeError(`"${field.name}" has ${positions(field)} tokens, not ${tokens.length}.`);
  }
  const strange = tokens.find((token) => token < -1 || token >= field.vocabulary);
  if (strange !== undefined) throw new RangeError(`"${field.name}" has no token ${strange}.`);
  if (tokens.every((token) => token === -1)) return UNKNOWN;
  return tokens.includes(-1) ? MIXED : KNOWN;
}

/** What `writeTokens` has written. @throws RangeError where it is cut off or no token of the field. */
export function readTokens(bits: BitReader, field: Field): Int32Array | undefined {
  const form = bits.read(2);
  if (form === ABSENT) return undefined;
  if (form === UNKNOWN) return new Int32Array(positions(field)).fill(-1);
  const offset = form === MIXED ? 1 : 0;
  const tokens = Int32Array.from(
    { length: positions(field) },
    () => bits.read(width(field.vocabulary + offset)) - offset,
  );
  if (tokens.some((token) => token >= field.vocabulary)) throw new RangeError(`a token of "${field.name}"`);
  return tokens;
}
