import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { InvalidInputError } from '@visual-echoes/core';
import { sizeOf, type WasmKernel } from './wasm-backend.js';

/**
 * `tf.gather` with any `batchDims`; tfjs-backend-wasm's is wrong for `batchDims: 1` and a batch above one.
 *
 * @throws InvalidInputError where an index is outside the axis.
 */
export const gather: WasmKernel = {
  name: 'GatherV2',
  create: (original) => (inputs, attrs, backend) => {
    const { x, indices } = inputs as { x: TensorInfo; indices: TensorInfo };
    if (x.dtype === 'string') return original!({ inputs, attrs, backend });
    const axis = tf.util.parseAxisParam(attrs['axis'] as number, x.shape)[0];
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
      tf.backend_util.segment_util.collectGatherOpShapeInfo(
        x as tf.Tensor,
        indices as tf.Tensor,
        axis,
        attrs['batchDims'] as number,
      );
    const perBatch = sizeOf(indices.shape) / batchSize;
    const out = backend.makeOutput(outputShape, x.dtype);
    const ids = backend.typedArrayFromHeap(indices);
    const bad = ids.findIndex((id) => !(id >= 0 && id < dimSize));
    if (bad >= 0) {
      backend.disposeData(out.dataId);
      throw new InvalidInputError(`gather: index ${ids[bad]} is not in 0 … ${dimSize - 1} (axis ${axis}).`);
    }
    const source = backend.typedArrayFromHeap(x);
    const target = backend.typedArrayFromHeap(out);
    let to = 0;
    for (let b = 0; b < batchSize; b++) {
      for (let o = 0; o < outerSize; o++) {
        const base = (b * outerSize + o) * dimSize;
        for (let i = 0; i < perBatch; i++) {
          const from = (base + ids[b * perBatch + i]) * sliceSize;
          if (sliceSize < 16) for (let k = 0; k < sliceSize; k++) target[to + k] = source[from + k];
          else target.set(source.subarray(from, from + sliceSize), to);
          to += sliceSize;
        }
      }
    }
    return out;
  },
};
