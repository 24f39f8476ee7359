import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Argument, ThreadPool } from '../threads/thread-pool.js';
import { wasmThreads } from '../threads/wasm-threads.js';
import { sizeOf, type WasmBackend } from '../wasm-backend.js';
import { compile, instantiate, memoryOf } from './instantiate.js';
import { nativeModules } from './native-modules.generated.js';
import { webAssembly } from './web-assembly.js';

/** The functions of packages/backends/native/wasm.cc, by name; addresses in bytes, sizes in floats. */
type Functions = Record<string, (...args: number[]) => number>;

/**
 * The module's functions in the memory of a backend, over its threads where it has any, and memory of their own in the
 * heap until the next call.
 */
export class NativeInstance {
  private scratch = 0;
  private scratchFloats = 0;

  constructor(
    private readonly backend: WasmBackend,
    private readonly functions: Functions,
    private readonly pool?: ThreadPool,
  ) {}

  /** How many threads there are. */
  get threads(): number {
    return this.pool?.size ?? 1;
  }

  /** Calls a function by its name, in this thread. */
  call(name: string, ...args: number[]): number {
    return this.functions[name](...args);
  }

  /**
   * Calls a function, whose last two parameters are a part of 0..`count`, for all of it: in `pieces` parts, which all
   * threads take in turn. What it computes must not depend on how many there are, unless `pieces` is given.
   */
  run(name: string, args: readonly Argument[], count: number, pieces = this.piecesOf(count)): void {
    const own = (piece: number) => {
      const values = args.map((argument) =>
        typeof argument === 'number' ? argument : argument.value + piece * (argument.perPiece ?? 0),
      );
      const bound = (i: number) => Math.floor((i * count) / pieces);
      this.functions[name](...values, bound(piece), bound(piece + 1));
    };
    if (this.pool && pieces > 1) this.pool.run(name, args, count, pieces, own);
    else for (let piece = 0; piece < pieces; piece++) own(piece);
  }

  /** Some for each thread, so that one that comes late has not the longest of all. */
  private piecesOf(count: number): number {
    return this.pool ? Math.min(count, 4 * this.pool.size) : Math.min(count, 1);
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

/** The instance in the memory of a backend, where `hasNativeModules` holds. */
export function nativeInstance(backend: WasmBackend): NativeInstance {
  let instance = instances.get(backend);
  if (!instance) {
    instance = create(backend);
    instances.set(backend, instance);
  }
  return instance;
}

/** How many threads our kernels use on the current backend `wasm`, which must have started. */
export const wasmThreadCount = (): number =>
  hasNativeModules() ? nativeInstance(tf.backend() as WasmBackend).threads : 1;

function create(backend: WasmBackend): NativeInstance {
  const [bytes] = usableModules();
  const { memory, shared } = memoryOf(backend);
  const module = compile(bytes, { shared });
  const exports = instantiate<Functions & { __stack_pointer: { value: number } }>(module, memory);
  const threads = shared ? wasmThreads() : undefined;
  const count = threads?.count ?? 1;
  const stacks = backend.wasm._malloc(count * STACK_BYTES + 16) >>> 0;
  const stackOf = (thread: number) => (stacks + (thread + 1) * STACK_BYTES) & ~15; // it grows down
  exports.__stack_pointer.value = stackOf(0);
  if (!threads || count < 2) return new NativeInstance(backend, exports);
  const names = Object.keys(exports).filter((name) => typeof exports[name] === 'function');
  const others = Array.from({ length: count - 1 }, (_, i) => stackOf(i + 1));
  const pool = new ThreadPool({ module, memory, names, stacks: others }, threads.spawn);
  return new NativeInstance(backend, exports, pool);
}

/** Rows and columns of a matrix, or of all that comes before the last axis. */
export const rowsOf = ({ shape }: TensorInfo): [rows: number, columns: number] => {
  const columns = shape[shape.length - 1];
  return [columns === 0 ? 0 : sizeOf(shape) / columns, columns];
};
