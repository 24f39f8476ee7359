export { registerWasmKernels, unregisterWasmKernels, wasmKernelNames } from './register-wasm-kernels.js';
