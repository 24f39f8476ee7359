import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf, type WasmBackend } from '../wasm-backend.js';
import { instantiate } from './instantiate.js';
import { nativeModules } from './native-modules.generated.js';
import { webAssembly } from './web-assembly.js';

/** The functions of packages/backends/native/wasm.cc, by name; addresses in bytes, sizes in floats. */
type Functions = Record<string, (...args: number[]) => number>;

/** What a call may need beside its functions: memory of its own, in the heap, until the next call. */
export class NativeInstance {
  private scratch = 0;
  private scratchFloats = 0;

  constructor(
    private readonly backend: WasmBackend,
    private readonly functions: Functions,
  ) {}

  /** Calls a function by its name. */
  call(name: string, ...args: number[]): number {
    return this.functions[name](...args);
  }

  /** The address of a tensor's values. */
  address(tensor: TensorInfo): number {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** The addresses of areas of so many floats each. Reserve first and take views after: the heap may move. */
  reserve(...floats: number[]): number[] {
    const sizes = floats.map((count) => 4 * Math.ceil(count / 4)); // whole vectors
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total > this.scratchFloats) {
      if (this.scratchFloats > 0) this.backend.wasm._free(this.scratch);
      this.scratch = this.backend.wasm._malloc(total * 4) >>> 0;
      this.scratchFloats = total;
    }
    let next = this.scratch;
    return sizes.map((size) => {
      const address = next;
      next += size * 4;
      return address;
    });
  }

  /** A view of floats in the heap, until the next allocation. */
  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.backend.wasm.HEAPU8.buffer, address, count);
  }
}

const instances = new WeakMap<WasmBackend, NativeInstance>();

let usable: Uint8Array[] | undefined;

/** Those of the modules that this engine accepts, the faster first. */
const usableModules = () =>
  (usable ??= nativeModules
    .map((base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
    .filter((module) => webAssembly.validate(module)));

/** Whether this engine runs them: it must have SIMD. */
export const hasNativeModules = (): boolean => usableModules().length > 0;

const STACK_BYTES = 64 * 1024;

/** The instance in the memory of a backend, for which `hasNativeModules` holds. */
export function nativeInstance(backend: WasmBackend): NativeInstance {
  let instance = instances.get(backend);
  if (!instance) {
    const [module] = usableModules();
    const exports = instantiate<Functions & { __stack_pointer: { value: number } }>(backend, module);
    // The stack grows down.
    exports.__stack_pointer.value = (backend.wasm._malloc(STACK_BYTES) + STACK_BYTES) & ~15;
    instance = new NativeInstance(backend, exports);
    instances.set(backend, instance);
  }
  return instance;
}

/** Rows and columns of a matrix, or of all that comes before the last axis. */
export const rowsOf = ({ shape }: TensorInfo): [rows: number, columns: number] => {
  const columns = shape[shape.length - 1];
  return [columns === 0 ? 0 : sizeOf(shape) / columns, columns];
};
