import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGpuBackend, WebGpuKernelFunc } from './webgpu-backend.js';

/** A shader sees 8 storage buffers by default, one of them its result. */
const MOST = 7;

/** Sums of many tensors, for which tfjs-backend-webgpu makes a shader of more buffers than a device allows. */
export const addN =
  (original: KernelFunc): WebGpuKernelFunc =>
  (inputs, attrs, backend: WebGpuBackend) => {
    const rest = Object.values(inputs);
    let sum: TensorInfo | undefined;
    do {
      const part = [...(sum ? [sum] : []), ...rest.splice(0, sum ? MOST - 1 : MOST)];
      // It takes its inputs as a list.
      const next = original({ inputs: part as never, attrs, backend }) as TensorInfo;
      if (sum) backend.disposeData(sum.dataId);
      sum = next;
    } while (rest.length > 0);
    return sum;
  };
