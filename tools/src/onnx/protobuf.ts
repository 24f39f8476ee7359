/** A message in protobuf's wire format: fields one after another. */
export class Message {
  private readonly chunks: Uint8Array[] = [];

  /** A whole number, or a boolean as one. */
  int(field: number, value: number | bigint): this {
    return this.push(varint((field << 3) | 0), varint(value));
  }

  /** A float of 32 bits. */
  float(field: number, value: number): this {
    return this.push(varint((field << 3) | 5), new Uint8Array(Float32Array.of(value).buffer));
  }

  /** A text, bytes, or a message inside. */
  bytes(field: number, value: string | Uint8Array | Message): this {
    const chunks =
      value instanceof Message
        ? value.chunks
        : [typeof value === 'string' ? new TextEncoder().encode(value) : value];
    const size = chunks.reduce((sum, { length }) => sum + length, 0);
    return this.push(varint((field << 3) | 2), varint(size), ...chunks);
  }

  /** The parts of the message, in their order. */
  get parts(): readonly Uint8Array[] {
    return this.chunks;
  }

  private push(...chunks: Uint8Array[]): this {
    for (const chunk of chunks) this.chunks.push(chunk);
    return this;
  }
}

/** Seven bits a byte, the lowest first; negative numbers as their 64 bits. */
function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
