import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-backend.js';

/** `tf.clipByValue` of int32 too, which tfjs-backend-wasm clips as if the bits were floats. */
export const clipByValue: WasmKernel = {
  name: 'ClipByValue',
  create: (original) => (inputs, attrs, backend) => {
    const { x } = inputs as { x: TensorInfo };
    if (x.dtype === 'float32') return original!({ inputs, attrs, backend });
    const low = attrs['clipValueMin'] as number;
    const high = attrs['clipValueMax'] as number;
    const out = backend.makeOutput(x.shape, x.dtype);
    const values = backend.typedArrayFromHeap(x);
    const clipped = backend.typedArrayFromHeap(out);
    for (let i = 0; i < clipped.length; i++) clipped[i] = Math.min(high, Math.max(low, values[i]));
    return out;
  },
};
