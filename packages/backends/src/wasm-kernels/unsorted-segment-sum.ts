import type { TensorInfo } from '@tensorflow/tfjs-core';
import { makeZeros, sizeOf, type WasmKernel } from './wasm-backend.js';

/**
 * Adds row i of x [n, ...] into row segmentIds[i] of the result [numSegments, ...]; the gradient of `gather`.
 * Absent from tfjs-backend-wasm. Ids outside 0 … numSegments − 1 are left out, as on every backend.
 */
export const unsortedSegmentSum: WasmKernel = {
  name: 'UnsortedSegmentSum',
  create: () => (inputs, attrs, backend) => {
    const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
    const numSegments = attrs['numSegments'] as number;
    const rows = sizeOf(segmentIds.shape);
    const rowShape = x.shape.slice(segmentIds.shape.length);
    const width = sizeOf(rowShape);
    const out = makeZeros(backend, [numSegments, ...rowShape], x.dtype);
    const sums = backend.typedArrayFromHeap(out);
    const values = backend.typedArrayFromHeap(x);
    const ids = backend.typedArrayFromHeap(segmentIds);
    for (let i = 0; i < rows; i++) {
      const id = ids[i];
      if (id < 0 || id >= numSegments) continue;
      for (let k = 0, from = i * width, to = id * width; k < width; k++) sums[to++] += values[from++];
    }
    return out;
  },
};
