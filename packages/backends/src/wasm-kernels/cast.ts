import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-backend.js';

/** `tf.cast`, where a float cast to bool is "not zero": tfjs-backend-wasm truncates 0.5 to 0 and 256 to 0. */
export const cast: WasmKernel = {
  name: 'Cast',
  create: (original) => (inputs, attrs, backend) => {
    const { x } = inputs as { x: TensorInfo };
    if (attrs['dtype'] !== 'bool' || x.dtype === 'bool') return original!({ inputs, attrs, backend });
    const out = backend.makeOutput(x.shape, 'bool');
    const values = backend.typedArrayFromHeap(x);
    const flags = backend.typedArrayFromHeap(out);
    for (let i = 0; i < flags.length; i++) flags[i] = values[i] ? 1 : 0;
    return out;
  },
};
