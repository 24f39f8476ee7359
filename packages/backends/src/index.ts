export * from './wasm-kernels/index.js';
