import type { WasmBackend } from '../wasm-backend.js';
import { memoryOf } from './instantiate.js';
import { hasNativeModules, nativeInstance } from './native-instance.js';

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

const float = 4; // bytes
/** A tile of the product, as native/gemm.h has it. */
const tileRows = 4;
const tileColumns = 8;
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
  if (!hasNativeModules() || memoryOf(backend).shared) return undefined;
  const instance = nativeInstance(backend);
  return (left, right, out, M, N, K) => {
    const rows = panels(leftFloats, K, M, tileRows);
    const columns = panels(rightFloats, K, N, tileColumns);
    const [packedLeft, packedRight] = instance.reserve(rows * K, columns * K);
    for (let n = 0; n < N; n += columns) {
      const width = Math.min(columns, N - n);
      const rightAt = right.address + n * right.columnStride * float;
      instance.call('packRight', rightAt, width, K, right.columnStride, right.rowStride, packedRight);
      for (let m = 0; m < M; m += rows) {
        const height = Math.min(rows, M - m);
        const leftAt = left.address + m * left.rowStride * float;
        instance.call('packLeft', leftAt, height, K, left.rowStride, left.columnStride, packedLeft);
        const target = out + (m * N + n) * float;
        const tiles = Math.ceil(height / tileRows);
        instance.call('multiply', packedLeft, packedRight, target, N, height, width, K, 0, tiles);
      }
    }
  };
}

/** How many lines of length K fit into `floats`, in whole panels, and no more than `lines` need. */
function panels(floats: number, K: number, lines: number, width: number): number {
  const fitting = Math.max(1, Math.floor(floats / (K * width)));
  return Math.min(fitting, Math.ceil(lines / width)) * width;
}
