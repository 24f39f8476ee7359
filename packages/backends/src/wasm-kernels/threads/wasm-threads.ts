import { webAssembly } from '../simd/web-assembly.js';
import type { SpawnThread } from './thread-pool.js';

/** How many threads our kernels have for a backend whose memory is shared, and how they are started. */
export interface WasmThreads {
  count: number;
  spawn: SpawnThread;
}

let wanted: WasmThreads | undefined;

/** The threads for the next backend that our kernels are used with. */
export const wasmThreads = (): WasmThreads | undefined => wanted;

/**
 * Starts tfjs-backend-wasm, which `start` makes current, in a memory that threads can share, and gives our kernels
 * `threads`. The binary is that of one thread: only the kind of its memory is another, and what is not ours runs in one.
 */
export async function withSharedMemory<T>(threads: WasmThreads, start: () => Promise<T>): Promise<T> {
  const { instantiate } = webAssembly;
  const { instantiateStreaming } = webAssembly;
  webAssembly.instantiate = (source, imports) =>
    instantiate.call(
      webAssembly,
      source instanceof webAssembly.Module ? source : shareable(toBytes(source as ArrayBuffer)),
      imports,
    );
  // Its bytes must be seen first.
  webAssembly.instantiateStreaming = undefined;
  wanted = threads;
  try {
    return await start();
  } catch (error) {
    wanted = undefined;
    throw error;
  } finally {
    webAssembly.instantiate = instantiate;
    webAssembly.instantiateStreaming = instantiateStreaming;
  }
}

const toBytes = (source: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);

/** The module with its own memory shared: a copy, in which one bit is set. It must name a most, as shared ones do. */
export function shareable(module: Uint8Array): Uint8Array {
  const copy = module.slice();
  let at = 8; // after the magic number and the version
  while (at < copy.length) {
    const section = copy[at++];
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = copy[at++];
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    // Memories: how many, then the flags of the first, of which 1 is a most and 2 is shared.
    if (section === 5 && copy[at + 1] === 1) copy[at + 1] = 3;
    at += size;
  }
  return copy;
}
