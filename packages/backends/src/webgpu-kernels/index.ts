export {
  registerWebGpuKernels,
  unregisterWebGpuKernels,
  webGpuKernelNames,
} from './register-webgpu-kernels.js';
export { checkDevice, watchDevice } from './watch-device.js';
