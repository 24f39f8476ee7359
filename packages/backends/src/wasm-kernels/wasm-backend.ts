import type {
  KernelBackend,
  KernelFunc,
  NamedAttrMap,
  NamedTensorInfoMap,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** The parts of tfjs-backend-wasm 4.22's `BackendWasm` that our kernels use. */
export interface WasmBackend extends KernelBackend {
  wasm: {
    cwrap(name: string, returns: null, parameters: string[]): (...args: unknown[]) => void;
    /** The instance's exports, its memory among them. */
    asm?: Record<string, unknown>;
    HEAPU8: Uint8Array;
    /** Where threads share it, the memory itself. */
    wasmMemory?: unknown;
    _malloc(bytes: number): number;
    _free(address: number): void;
    tfjs: { registerTensor(id: number, size: number, offset: number): void; disposeData(id: number): void };
  };
  /** Private there; tensors and views draw their ids from the same counter. */
  dataIdNextNumber: number;
  dataIdMap: { get(dataId: object): { id: number; memoryOffset: number; refCount: number } };
  makeOutput(shape: number[], dtype: tf.DataType): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
  incRef(dataId: object): void;
}

/** A kernel as we write it: inputs and attributes by name, one output. */
export type WasmKernelFunc = (
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap,
  backend: WasmBackend,
) => TensorInfo | TensorInfo[];

/** One replaced or added kernel; `create` receives what tfjs-backend-wasm had under that name, if anything. */
export interface WasmKernel {
  name: string;
  create(original: KernelFunc | undefined): WasmKernelFunc;
}

/** Calls another registered wasm kernel without a trip through the engine; the caller disposes of the result. */
export function callKernel(
  name: string,
  backend: WasmBackend,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap = {},
): TensorInfo {
  return tf.getKernel(name, 'wasm').kernelFunc({ inputs, attrs, backend }) as TensorInfo;
}

/**
 * An output of zeros. A view of the heap is only valid until the next allocation, which may grow (and so
 * move) the memory: kernels allocate first and take their views after.
 */
export function makeZeros(backend: WasmBackend, shape: number[], dtype: tf.DataType = 'float32'): TensorInfo {
  const out = backend.makeOutput(shape, dtype);
  backend.typedArrayFromHeap(out).fill(0);
  return out;
}

/** The number of elements of a shape. */
export const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
