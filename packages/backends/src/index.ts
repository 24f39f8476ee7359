export * from './self-check/index.js';
export * from './tensorflow-kernels/index.js';
export * from './wasm-kernels/index.js';
export * from './webgpu-kernels/index.js';
