/** Writes numbers of as few bits as each needs, the highest bit first. */
export class BitWriter {
  private readonly bytes: number[] = [];
  private free = 0;

  /** @param value a whole number from 0 to 2^bits − 1 @param bits 0 to 53 */
  write(value: number, bits: number): void {
    for (let left = bits; left > 0; ) {
      if (this.free === 0) {
        this.bytes.push(0);
        this.free = 8;
      }
      const taken = Math.min(this.free, left);
      left -= taken;
      this.free -= taken;
      // By division: shifts know 32 bits only.
      const piece = Math.floor(value / 2 ** left) % 2 ** taken;
      this.bytes[this.bytes.length - 1] |= piece << this.free;
    }
  }

  /** What was written; the last byte is filled up by zeros. */
  end(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}

/** Reads what `BitWriter` has written. */
export class BitReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** @throws RangeError where so many bits are not left. */
  read(bits: number): number {
    if (this.at + bits > this.bytes.length * 8) throw new RangeError(`${bits} bits are not left`);
    let value = 0;
    for (let left = bits; left > 0; ) {
      const free = 8 - (this.at % 8);
      const taken = Math.min(free, left);
      const piece = (this.bytes[this.at >> 3] >> (free - taken)) & (2 ** taken - 1);
      value = value * 2 ** taken + piece;
      this.at += taken;
      left -= taken;
    }
    return value;
  }

  /** Whether nothing is left but the zeros that fill up the last byte. */
  get ended(): boolean {
    const left = this.bytes.length * 8 - this.at;
    return left < 8 && (left === 0 || (this.bytes[this.bytes.length - 1] & (2 ** left - 1)) === 0);
  }
}
