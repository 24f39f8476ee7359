export * from './register-wasm-kernels.js';
export { wasmThreadCount } from './simd/native-instance.js';
export { type SpawnThread, THREAD_SOURCE } from './threads/thread-pool.js';
export { type WasmThreads, withSharedMemory } from './threads/wasm-threads.js';
