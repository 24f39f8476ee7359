import { CheckpointError } from '../../errors.js';

/** Bytes of the longest whole number; those of Python have no limit. */
const LONGEST_INTEGER = 1024;

/** Throws that a pickle is malformed, and why. */
export function malformedPickle(why: string): never {
  throw new CheckpointError(`Not a sound pickle: ${why}. Download or write the file again.`);
}

/** The bytes end in the middle of a pickle. */
export class TruncatedPickleError extends CheckpointError {
  constructor() {
    super('Not a sound pickle: it is cut off. Download or write the file again.');
  }
}

/** Reads the arguments of a pickle's operations one after another, as Python's `pickletools` describes them. */
export class PickleReader {
  position: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
  }

  uint8(): number {
    return this.bytes[this.take(1)];
  }

  uint16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** A length of 8 bytes. */
  uint64(): number {
    const value = this.view.getBigUint64(this.take(8), true);
    return value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : malformedPickle(`it claims a length of ${value}`);
  }

  /** The one kind that is big-endian. */
  float64(): number {
    return this.view.getFloat64(this.take(8));
  }

  /** Two's complement, little-endian. */
  integer(length: number): number | bigint {
    if (length > LONGEST_INTEGER) malformedPickle(`it holds a whole number of ${length} bytes`);
    let hexadecimal = '';
    for (const byte of this.raw(length)) hexadecimal = byte.toString(16).padStart(2, '0') + hexadecimal;
    return shortest(BigInt.asIntN(8 * length, BigInt(`0x0${hexadecimal}`)));
  }

  raw(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  utf8(length: number): string {
    const bytes = this.raw(length);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return malformedPickle('a text of it is not UTF-8');
    }
  }

  latin1(length: number): string {
    const bytes = this.raw(length);
    let text = '';
    for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
    return text;
  }

  /** Text up to the end of the line. */
  line(): string {
    const end = this.bytes.indexOf(10, this.position);
    if (end < 0) throw new TruncatedPickleError();
    const text = this.latin1(end - this.position);
    this.position++;
    return text;
  }

  /** A whole number in decimals; Python 2 ends long ones with an L. */
  decimal(): number | bigint {
    const text = this.line().replace(/L$/, '');
    if (text.length > LONGEST_INTEGER || !/^[+-]?\d+$/.test(text)) {
      malformedPickle('a whole number of it has no digits, or too many');
    }
    return shortest(BigInt(text));
  }

  /** A number in decimals. */
  float(): number {
    const text = this.line();
    const special = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY, nan: Number.NaN };
    if (Object.hasOwn(special, text)) return special[text as keyof typeof special];
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
      ? Number(text)
      : malformedPickle('a number of it has no digits');
  }

  /** A text in quotes, as Python 2 wrote it; its escapes are left as they stand. */
  quoted(): string {
    const text = this.line();
    if (!/^(['"]).*\1$/s.test(text)) malformedPickle('a text of it has no quotes');
    return text.slice(1, -1);
  }

  /** Goes `length` bytes on, and gives where they begin. */
  private take(length: number): number {
    const start = this.position;
    if (length < 0) malformedPickle(`it claims a length of ${length}`);
    if (start + length > this.bytes.length) throw new TruncatedPickleError();
    this.position += length;
    return start;
  }
}

const shortest = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;
