import { type Code, op, type WasmFunction, wasmModule } from './wasm-writer.js';

/**
 * A register tile of the product: 4 rows × 8 columns are 8 accumulators of 4 floats, with 2 vectors of the right
 * operand and 4 of the left. V8 moves all loads of a loop's body to its front, so that more rows, or two steps
 * unrolled, spill the 15 registers of x86 and lose a third of the speed.
 */
export const tileRows = 4;
export const tileColumns = 8;

const { get, set, int, add, subtract, multiply, less } = op;
const float = 4; // bytes
const times4 = (code: Code) => multiply(code, int(float));

/**
 * pack(source, count, K, strideAcross, strideAlong, target): copies `count` lines of length K into panels of `width`
 * lines, [panels, K, width], filling up the last with zeros. Strides are in bytes.
 */
function pack(name: string, width: number): WasmFunction {
  const [source, count, K, across, along, target, k, from] = [0, 1, 2, 3, 4, 5, 6, 7];
  const panel = width * float;
  const copyEach = (lines: (line: number) => Code) => Array.from({ length: width }, (_, line) => lines(line));
  const lineAddress = (line: number) => add(get(from), multiply(get(across), int(line)));
  const copyLines = copyEach((line) =>
    op.storeFloat(get(target), op.loadFloat(lineAddress(line)), line * float),
  );
  // Lines that lie side by side move as vectors.
  const copyVectors = Array.from({ length: width / 4 }, (_, i) =>
    op.storeVector(get(target), op.loadVector(get(from), i * 16), i * 16),
  );
  const copyPartly = copyEach((line) =>
    op.when(
      less(int(line), get(count)),
      op.storeFloat(get(target), op.loadFloat(lineAddress(line)), line * float),
      op.storeFloat(get(target), op.zeroFloat, line * float),
    ),
  );
  const alongK = (copy: Code) => [
    set(k, get(K)),
    set(from, get(source)),
    op.loop(get(k), [
      copy,
      set(from, add(get(from), get(along))),
      set(target, add(get(target), int(panel))),
      set(k, subtract(get(k), int(1))),
    ]),
  ];
  return {
    name,
    parameters: 6,
    integers: 2,
    vectors: 0,
    body: op.loop(less(int(0), get(count)), [
      op.when(
        less(get(count), int(width)),
        alongK(copyPartly),
        op.when(less(get(across), int(float + 1)), alongK(copyVectors), alongK(copyLines)),
      ),
      set(source, add(get(source), multiply(get(across), int(width)))),
      set(count, subtract(get(count), int(width))),
    ]),
  };
}

/** tile(a, b, c, strideC, K): one 4 × 8 tile of the product of a panel [K, 4] and a panel [K, 8]; K > 0. */
function tile(multiplyAdd: (a: Code, b: Code, c: Code) => Code): WasmFunction {
  const [a, b, c, strideC, K] = [0, 1, 2, 3, 4];
  const sum = (row: number, half: number) => 5 + row * 2 + half;
  const right = [5 + tileRows * 2, 6 + tileRows * 2];
  const left = 7 + tileRows * 2;
  const rows = Array.from({ length: tileRows }, (_, row) => row);
  const step: Code = [
    right.map((vector, half) => set(vector, op.loadVector(get(b), half * 16))),
    rows.map((row) => [
      set(left, op.loadSplat(get(a), row * float)),
      right.map((vector, half) =>
        set(sum(row, half), multiplyAdd(get(left), get(vector), get(sum(row, half)))),
      ),
    ]),
    set(a, add(get(a), int(tileRows * float))),
    set(b, add(get(b), int(tileColumns * float))),
    set(K, subtract(get(K), int(1))),
  ];
  return {
    name: 'tile',
    parameters: 5,
    integers: 0,
    vectors: tileRows * 2 + 3,
    body: [
      op.repeatWhile(step, get(K)),
      rows.map((row) => [
        op.storeVector(get(c), get(sum(row, 0))),
        op.storeVector(get(c), get(sum(row, 1)), 16),
        set(c, add(get(c), get(strideC))),
      ]),
    ],
  };
}

/**
 * multiply(a, b, c, M, N, K, strideC, scratch): all tiles of packed [M, K] × [K, N]. A tile that reaches past the
 * edge is computed in the scratch and copied in part.
 */
function multiplyPanels(tileIndex: number): WasmFunction {
  const [a, b, c, M, N, K, strideC, scratch] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [rowsLeft, aPanel, out, i, j, from, to] = [8, 9, 10, 11, 12, 13, 14];
  const scratchStride = tileColumns * float;
  const copyScratch = [
    set(i, get(rowsLeft)),
    set(from, get(scratch)),
    set(to, get(out)),
    op.when(less(int(tileRows), get(i)), set(i, int(tileRows))),
    op.loop(get(i), [
      set(j, int(0)),
      op.loop(less(get(j), get(N)), [
        op.storeFloat(add(get(to), times4(get(j))), op.loadFloat(add(get(from), times4(get(j))))),
        set(j, add(get(j), int(1))),
        op.when(less(int(tileColumns - 1), get(j)), set(j, get(N))),
      ]),
      set(from, add(get(from), int(scratchStride))),
      set(to, add(get(to), get(strideC))),
      set(i, subtract(get(i), int(1))),
    ]),
  ];
  return {
    name: 'multiply',
    parameters: 8,
    integers: 7,
    vectors: 0,
    body: op.loop(less(int(0), get(N)), [
      set(rowsLeft, get(M)),
      set(aPanel, get(a)),
      set(out, get(c)),
      op.loop(less(int(0), get(rowsLeft)), [
        op.when(
          [less(get(rowsLeft), int(tileRows)), less(get(N), int(tileColumns)), 0x72],
          [op.call(tileIndex, get(aPanel), get(b), get(scratch), int(scratchStride), get(K)), copyScratch],
          op.call(tileIndex, get(aPanel), get(b), get(out), get(strideC), get(K)),
        ),
        set(aPanel, add(get(aPanel), multiply(get(K), int(tileRows * float)))),
        set(out, add(get(out), multiply(get(strideC), int(tileRows)))),
        set(rowsLeft, subtract(get(rowsLeft), int(tileRows))),
      ]),
      set(b, add(get(b), multiply(get(K), int(tileColumns * float)))),
      set(c, add(get(c), int(tileColumns * float))),
      set(N, subtract(get(N), int(tileColumns))),
    ]),
  };
}

/** The bytes of the module; `relaxed` uses fused multiply-add. */
export function gemmModule(relaxed: boolean): Uint8Array {
  return wasmModule([
    pack('packLeft', tileRows),
    pack('packRight', tileColumns),
    tile(relaxed ? op.relaxedMultiplyAdd : op.multiplyAdd),
    multiplyPanels(2),
  ]);
}
