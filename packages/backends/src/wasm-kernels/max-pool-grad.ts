import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { makeZeros, type WasmKernel } from './wasm-backend.js';

/**
 * Gradient of 2-D max pooling, [N, H, W, C]: each output's gradient goes to the first largest input of its window.
 * tfjs-backend-wasm's is wrong for more than one channel.
 */
export const maxPoolGrad: WasmKernel = {
  name: 'MaxPoolGrad',
  create: () => (inputs, attrs, backend) => {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    const info = tf.backend_util.computePool2DInfo(
      input.shape as [number, number, number, number],
      attrs['filterSize'] as [number, number] | number,
      attrs['strides'] as [number, number] | number,
      1,
      attrs['pad'] as 'same' | 'valid' | number,
      attrs['dimRoundingMode'] as 'floor' | undefined,
    );
    const out = makeZeros(backend, input.shape);
    const dx = backend.typedArrayFromHeap(out);
    const x = backend.typedArrayFromHeap(input);
    const g = backend.typedArrayFromHeap(dy);
    const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels: C, padInfo } = info;
    let at = 0;
    for (let n = 0; n < batchSize; n++) {
      for (let oy = 0; oy < outHeight; oy++) {
        const top = oy * info.strideHeight - padInfo.top;
        const bottom = Math.min(inHeight, top + info.filterHeight);
        for (let ox = 0; ox < outWidth; ox++) {
          const left = ox * info.strideWidth - padInfo.left;
          const right = Math.min(inWidth, left + info.filterWidth);
          for (let c = 0; c < C; c++, at++) {
            let best = -1;
            let largest = Number.NEGATIVE_INFINITY;
            for (let y = Math.max(0, top); y < bottom; y++) {
              for (let px = Math.max(0, left); px < right; px++) {
                const i = ((n * inHeight + y) * inWidth + px) * C + c;
                if (best < 0 || x[i] > largest) {
                  best = i;
                  largest = x[i];
                }
              }
            }
            if (best >= 0) dx[best] += g[at];
          }
        }
      }
    }
    return out;
  },
};
