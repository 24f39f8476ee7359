import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-backend.js';

/**
 * `tf.clone`, sharing the values as every other backend does, since no kernel changes them: tfjs-backend-wasm copies
 * them, and a training clones all that its backward pass will want.
 */
export const identity: WasmKernel = {
  name: 'Identity',
  create: (original) => (inputs, attrs, backend) => {
    const { x } = inputs as { x: TensorInfo };
    if (x.dtype === 'string') return original!({ inputs, attrs, backend });
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  },
};
