import type { WasmBackend } from '../wasm-backend.js';
import { hasNativeModules, type NativeInstance, nativeInstance } from './native-instance.js';

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
/** Packed columns of the right operand stay in the third-level cache. */
const rightFloats = 512 * 1024;
/** Multiplications below which other threads are not worth waking. */
const small = 1 << 18;

/**
 * Our matrix product in the memory of the wasm backend, over its threads; half as fast again as XNNPACK's where the
 * engine has relaxed SIMD (fused multiply-add), and transposed operands cost nothing. `undefined` without SIMD.
 */
export function gemmOf(backend: WasmBackend): Gemm | undefined {
  if (!hasNativeModules()) return undefined;
  const instance = nativeInstance(backend);
  return (left, right, out, M, N, K) => multiply(instance, left, right, out, M, N, K);
}

function multiply(
  instance: NativeInstance,
  left: MatrixView,
  right: MatrixView,
  out: number,
  M: number,
  N: number,
  K: number,
): void {
  if (M === 1 && right.columnStride === 1) {
    const strips = instance.call('rowStrips', N);
    const args = [left.address, K, left.columnStride, right.address, right.rowStride, out, N];
    instance.run('rowTimesMatrix', args, strips, K * N < small ? 1 : undefined);
    return;
  }
  const panel = instance.call('packedPanel', K); // floats
  const across = Math.max(1, Math.floor(rightFloats / panel));
  const columns = (across * panel) / K;
  const all = instance.call('rightPanels', N);
  const own = instance.call('gemmScratch', K);
  const [packed, scratch] = instance.reserve(Math.min(across, all) * panel, instance.threads * own);
  const perThread = { value: scratch, perThread: own * float };
  const rows = instance.call('leftPanels', M);
  for (let n = 0; n < N; n += columns) {
    const width = Math.min(columns, N - n);
    const alone = M * width * K < small ? 1 : undefined;
    const from = right.address + n * right.columnStride * float;
    const panels = instance.call('rightPanels', width);
    instance.run('packRight', [from, width, K, right.columnStride, right.rowStride, packed], panels, alone);
    const rowsAt = [left.address, M, K, left.rowStride, left.columnStride];
    instance.run('multiplyRows', [...rowsAt, packed, out + n * float, perThread, N, width], rows, alone);
  }
}
