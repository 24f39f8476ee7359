import type { EngineName } from '../studio/protocol.js';

/** What the engines are called. */
export const ENGINES: Record<EngineName, string> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  cpu: 'plain JavaScript',
};

/** `@tensorflow/tfjs-backend-webgpu` → `WebGPU`. */
export function plainEngineName(name: string): string {
  const engine = (Object.keys(ENGINES) as EngineName[]).find((one) => name.toLowerCase().includes(one));
  return engine ? ENGINES[engine] : name;
}
