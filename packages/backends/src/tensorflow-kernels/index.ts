export * from './register-tensorflow-kernels.js';
