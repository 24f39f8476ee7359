/** Bytes of WebAssembly; instructions nest as plain arrays. */
export type Code = readonly (number | Code)[];

/** Unsigned LEB128, as sizes, indices and opcodes are written. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128, as constants are written. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && !(byte & 0x40)) || (rest === -1 && !!(byte & 0x40));
    bytes.push(done ? byte : byte | 0x80);
    if (done) return bytes;
  }
}

const memoryArgument = (offset: number) => [...unsigned(0), ...unsigned(offset)];
const vector = (items: readonly Code[]) => [unsigned(items.length), items];
const sized = (code: Code) => {
  const bytes = flatten(code);
  return [...unsigned(bytes.length), ...bytes];
};

/** The instructions that our kernels use (WebAssembly core specification 2.0 and relaxed SIMD). */
export const op = {
  get: (local: number): Code => [0x20, unsigned(local)],
  set: (local: number, value: Code): Code => [value, 0x21, unsigned(local)],
  int: (value: number): Code => [0x41, signed(value)],
  add: (a: Code, b: Code): Code => [a, b, 0x6a],
  subtract: (a: Code, b: Code): Code => [a, b, 0x6b],
  multiply: (a: Code, b: Code): Code => [a, b, 0x6c],
  less: (a: Code, b: Code): Code => [a, b, 0x48],
  loadFloat: (address: Code, offset = 0): Code => [address, 0x2a, memoryArgument(offset)],
  storeFloat: (address: Code, value: Code, offset = 0): Code => [
    address,
    value,
    0x38,
    memoryArgument(offset),
  ],
  loadVector: (address: Code, offset = 0): Code => [address, 0xfd, 0x00, memoryArgument(offset)],
  loadSplat: (address: Code, offset = 0): Code => [address, 0xfd, 0x09, memoryArgument(offset)],
  storeVector: (address: Code, value: Code, offset = 0): Code => [
    address,
    value,
    0xfd,
    0x0b,
    memoryArgument(offset),
  ],
  /** Stores the first of a vector's four floats. */
  storeLane: (address: Code, value: Code): Code => [address, value, 0xfd, 0x5a, memoryArgument(0), 0],
  /** Four times one float. */
  vector: (value: number): Code => {
    const bytes = [...new Uint8Array(new Float32Array([value]).buffer)];
    return [0xfd, 0x0c, bytes, bytes, bytes, bytes];
  },
  zeroFloat: [0x43, 0, 0, 0, 0] as Code,
  minimum: (a: Code, b: Code): Code => [a, b, 0xfd, unsigned(0xe8)],
  maximum: (a: Code, b: Code): Code => [a, b, 0xfd, unsigned(0xe9)],
  multiplyVectors: (a: Code, b: Code): Code => [a, b, 0xfd, unsigned(0xe6)],
  divideVectors: (a: Code, b: Code): Code => [a, b, 0xfd, unsigned(0xe7)],
  /** a·b + c, rounded twice. */
  multiplyAdd: (a: Code, b: Code, c: Code): Code => [c, a, b, 0xfd, unsigned(0xe6), 0xfd, unsigned(0xe4)],
  /** a·b + c, rounded once where the processor can (relaxed SIMD). */
  relaxedMultiplyAdd: (a: Code, b: Code, c: Code): Code => [a, b, c, 0xfd, unsigned(0x105)],
  call: (index: number, ...values: Code[]): Code => [values, 0x10, unsigned(index)],
  when: (condition: Code, body: Code, otherwise?: Code): Code => [
    condition,
    0x04,
    0x40,
    body,
    otherwise ? [0x05, otherwise] : [],
    0x0b,
  ],
  /** Repeats `body` while `condition` holds, tested first. */
  loop: (condition: Code, body: Code): Code => [
    [0x02, 0x40, 0x03, 0x40],
    [condition, 0x45, 0x0d, 1],
    [body, 0x0c, 0],
    [0x0b, 0x0b],
  ],
  /** Repeats `body` while `condition` holds, tested after it. */
  repeatWhile: (body: Code, condition: Code): Code => [0x03, 0x40, body, condition, 0x0d, 0, 0x0b],
};

/** A function of i32 parameters without a result. */
export interface WasmFunction {
  name: string;
  parameters: number;
  /** Further i32 locals, numbered after the parameters, and then v128 locals. */
  integers: number;
  vectors: number;
  body: Code;
}

/** A module over an imported memory `env.memory` that exports `functions` by name. */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array {
  const i32 = 0x7f;
  const v128 = 0x7b;
  const text = (s: string) => [unsigned(s.length), [...s].map((c) => c.charCodeAt(0))];
  const section = (id: number, code: Code) => [id, sized(code)];
  return Uint8Array.from(
    flatten([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, vector(functions.map((f) => [0x60, vector(Array(f.parameters).fill([i32])), 0]))),
      section(2, vector([[text('env'), text('memory'), 0x02, 0x00, 0]])),
      section(3, vector(functions.map((_, i) => unsigned(i)))),
      section(7, vector(functions.map((f, i) => [text(f.name), 0x00, unsigned(i)]))),
      section(
        10,
        vector(
          functions.map((f) =>
            sized([
              vector([
                [unsigned(f.integers), i32],
                [unsigned(f.vectors), v128],
              ]),
              f.body,
              0x0b,
            ]),
          ),
        ),
      ),
    ]),
  );
}

function flatten(code: Code): number[] {
  const bytes: number[] = [];
  const visit = (item: number | Code) => {
    if (typeof item === 'number') bytes.push(item);
    else for (const inner of item) visit(inner);
  };
  visit(code);
  return bytes;
}
