import { BackendError } from '@visual-echoes/core';
import type { WasmBackend } from '../wasm-backend.js';
import { type WasmMemory, webAssembly } from './web-assembly.js';

/** The memory of the wasm backend, and whether threads share it. */
export function memoryOf(backend: WasmBackend): { memory: WasmMemory; shared: boolean } {
  const exported = [...Object.values(backend.wasm.asm ?? {}), backend.wasm.wasmMemory];
  const memory = exported.find((value): value is WasmMemory => value instanceof webAssembly.Memory);
  if (!memory)
    throw new BackendError('This version of tfjs-backend-wasm does not show its memory; use 4.22.');
  return { memory, shared: !(memory.buffer instanceof ArrayBuffer) };
}

/** Compiles a module that imports `env.memory`, and nothing else, for a memory that is shared or not. */
export const compile = (bytes: Uint8Array, { shared }: { shared: boolean }): object =>
  new webAssembly.Module(shared ? withSharedMemory(bytes) : bytes);

/** The functions of a compiled module in this memory. */
export const instantiate = <Exports>(module: object, memory: WasmMemory): Exports =>
  new webAssembly.Instance(module, { env: { memory } }).exports as Exports;

/** Pages of 64 KiB that a memory of 32 bits may grow to. */
const MOST_PAGES = [0x80, 0x80, 0x04]; // 65,536 in LEB128

/** The module with a shared memory for the one that it imports: which of the two it is, its bytes say. */
export function withSharedMemory(module: Uint8Array): Uint8Array {
  let at = 8; // after the magic number and the version
  while (at < module.length) {
    const section = module[at];
    const [size, start] = readLeb(module, at + 1);
    if (section !== 2) {
      at = start + size;
      continue;
    }
    // One import: two names, each with its length, then 2 for a memory, its flags and its least pages.
    let limits = start + 1;
    for (let name = 0; name < 2; name++) limits += 1 + module[limits];
    const [, end] = readLeb(module, limits + 2);
    const least = module.subarray(limits + 2, end);
    const content = [...module.subarray(start, limits + 1), 3, ...least, ...MOST_PAGES];
    return Uint8Array.of(...module.subarray(0, at), 2, content.length, ...content, ...module.subarray(end));
  }
  return module;
}

/** An unsigned number of LEB128, and where what follows it begins. */
function readLeb(bytes: Uint8Array, start: number): [value: number, next: number] {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}
