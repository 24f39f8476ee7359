import type { WasmBackend } from '../wasm-backend.js';
import { gemmModule, tileColumns, tileRows } from './gemm-module.js';
import { instantiate } from './instantiate.js';

/** A matrix in the heap: the byte address of its first element, and how far apart rows and columns are, in floats. */
export interface MatrixView {
  address: number;
  rowStride: number;
  columnStride: number;
}

/** out [M, N], dense, = left [M, K] × right [K, N]. */
export type Gemm = (
  left: MatrixView,
  right: MatrixView,
  out: number,
  M: number,
  N: number,
  K: number,
) => void;

/** The instance's functions, as gemm-module.ts describes them. */
interface GemmExports {
  packLeft(
    source: number,
    rows: number,
    K: number,
    rowBytes: number,
    columnBytes: number,
    target: number,
  ): void;
  packRight(
    source: number,
    columns: number,
    K: number,
    columnBytes: number,
    rowBytes: number,
    target: number,
  ): void;
  multiply(
    left: number,
    right: number,
    out: number,
    M: number,
    N: number,
    K: number,
    outBytes: number,
    scratch: number,
  ): void;
}

const float = 4; // bytes
/** Packed rows of the left operand stay in the second-level cache, packed columns of the right in the third. */
const leftFloats = 48 * 1024;
const rightFloats = 512 * 1024;

const instances = new WeakMap<WasmBackend, Gemm | undefined>();

/**
 * Our matrix product in the memory of the wasm backend; half as fast again as XNNPACK's where the engine
 * has relaxed SIMD (fused multiply-add), and transposed operands cost nothing. `undefined` where there is no SIMD, or
 * where the backend has threads, which XNNPACK uses and this does not.
 */
export function gemmOf(backend: WasmBackend): Gemm | undefined {
  if (!instances.has(backend)) instances.set(backend, createGemm(backend));
  return instances.get(backend);
}

function createGemm(backend: WasmBackend): Gemm | undefined {
  const exports = instantiate<GemmExports>(backend, [gemmModule(true), gemmModule(false)]);
  if (!exports) return undefined;
  const { packLeft, packRight, multiply } = exports;

  let scratch = 0;
  let scratchFloats = 0;
  const reserve = (floats: number) => {
    if (floats <= scratchFloats) return;
    if (scratchFloats > 0) backend.wasm._free(scratch);
    scratch = backend.wasm._malloc(floats * float) >>> 0;
    scratchFloats = floats;
  };

  return (left, right, out, M, N, K) => {
    const rows = panels(leftFloats, K, M, tileRows);
    const columns = panels(rightFloats, K, N, tileColumns);
    reserve(tileRows * tileColumns + (rows + columns) * K);
    const packedLeft = scratch + tileRows * tileColumns * float;
    const packedRight = packedLeft + rows * K * float;
    for (let n = 0; n < N; n += columns) {
      const width = Math.min(columns, N - n);
      const rightAt = right.address + n * right.columnStride * float;
      packRight(rightAt, width, K, right.columnStride * float, right.rowStride * float, packedRight);
      for (let m = 0; m < M; m += rows) {
        const height = Math.min(rows, M - m);
        const leftAt = left.address + m * left.rowStride * float;
        packLeft(leftAt, height, K, left.rowStride * float, left.columnStride * float, packedLeft);
        multiply(packedLeft, packedRight, out + (m * N + n) * float, height, width, K, N * float, scratch);
      }
    }
  };
}

/** How many lines of length K fit into `floats`, in whole panels, and no more than `lines` need. */
function panels(floats: number, K: number, lines: number, width: number): number {
  const fitting = Math.max(1, Math.floor(floats / (K * width)));
  return Math.min(fitting, Math.ceil(lines / width)) * width;
}
