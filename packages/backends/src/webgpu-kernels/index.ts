export {
  registerWebGpuKernels,
  unregisterWebGpuKernels,
  webGpuKernelNames,
} from './register-webgpu-kernels.js';
