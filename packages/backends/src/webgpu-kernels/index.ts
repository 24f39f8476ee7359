export {
  registerWebGpuKernels,
  unregisterWebGpuKernels,
  webGpuKernelNames,
} from './register-webgpu-kernels.js';
export { type WarmUpOptions, warmUp } from './warm-up.js';
export { checkDevice, watchDevice } from './watch-device.js';
