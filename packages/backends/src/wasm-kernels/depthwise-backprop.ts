import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { makeZeros, type WasmKernel } from './wasm-backend.js';

type Shape4D = [number, number, number, number];

function convolution(attrs: NamedAttrMap, inputShape: number[], filterShape: number[]) {
  return tf.backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    attrs['strides'] as [number, number],
    (attrs['dilations'] as [number, number] | undefined) ?? 1,
    attrs['pad'] as 'same' | 'valid' | number,
    attrs['dimRoundingMode'] as 'floor' | undefined,
    true,
  );
}

/** Calls `visit` with the flat indices of every (output, filter, input) triple that a depthwise convolution joins. */
function eachTriple(
  info: ReturnType<typeof convolution>,
  visit: (output: number, filter: number, input: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const multiplier = outChannels / inChannels;
  for (let n = 0; n < batchSize; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const output = ((n * outHeight + oy) * outWidth + ox) * outChannels;
        for (let fy = 0; fy < info.filterHeight; fy++) {
          const y = oy * info.strideHeight - padInfo.top + fy * info.dilationHeight;
          if (y < 0 || y >= inHeight) continue;
          for (let fx = 0; fx < info.filterWidth; fx++) {
            const x = ox * info.strideWidth - padInfo.left + fx * info.dilationWidth;
            if (x < 0 || x >= inWidth) continue;
            const input = ((n * inHeight + y) * inWidth + x) * inChannels;
            const filter = (fy * info.filterWidth + fx) * outChannels;
            for (let c = 0; c < outChannels; c++) {
              visit(output + c, filter + c, input + Math.floor(c / multiplier));
            }
          }
        }
      }
    }
  }
}

/** Gradient of a depthwise convolution by its filter [fh, fw, C, multiplier]; absent from tfjs-backend-wasm. */
export const depthwiseBackpropFilter: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  create: () => (inputs, attrs, backend) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const filterShape = attrs['filterShape'] as number[];
    const out = makeZeros(backend, filterShape);
    const gradient = backend.typedArrayFromHeap(out);
    const values = backend.typedArrayFromHeap(x);
    const g = backend.typedArrayFromHeap(dy);
    eachTriple(convolution(attrs, x.shape, filterShape), (output, filter, input) => {
      gradient[filter] += g[output] * values[input];
    });
    return out;
  },
};

/** Gradient of a depthwise convolution by its input [N, H, W, C]; absent from tfjs-backend-wasm. */
export const depthwiseBackpropInput: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  create: () => (inputs, attrs, backend) => {
    const { dy, filter: weights } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const inputShape = attrs['inputShape'] as number[];
    const out = makeZeros(backend, inputShape);
    const gradient = backend.typedArrayFromHeap(out);
    const w = backend.typedArrayFromHeap(weights);
    const g = backend.typedArrayFromHeap(dy);
    eachTriple(convolution(attrs, inputShape, weights.shape), (output, filter, input) => {
      gradient[input] += g[output] * w[filter];
    });
    return out;
  },
};
