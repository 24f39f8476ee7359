import type { WasmBackend } from '../wasm-backend.js';
import { type WasmMemory, webAssembly } from './web-assembly.js';

/**
 * Instantiates the first of `modules` that this engine accepts, in the memory of the wasm backend; `undefined` where
 * it accepts none (no SIMD), or where the backend has threads, whose memory is shared.
 */
export function instantiate<Exports>(
  backend: WasmBackend,
  modules: readonly Uint8Array[],
): Exports | undefined {
  const exported = Object.values(backend.wasm.asm ?? {});
  const memory = exported.find((value): value is WasmMemory => value instanceof webAssembly.Memory);
  const bytes = modules.find((module) => webAssembly.validate(module));
  if (!memory || !(memory.buffer instanceof ArrayBuffer) || !bytes) return undefined;
  const module = new webAssembly.Module(bytes);
  return new webAssembly.Instance(module, { env: { memory } }).exports as Exports;
}
