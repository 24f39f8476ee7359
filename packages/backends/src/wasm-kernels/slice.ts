import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf, type WasmBackend, type WasmKernel } from './wasm-backend.js';

/**
 * Copies the box `begin`, `size` of `x` from heap to heap. tfjs-backend-wasm first copies the whole of `x` out of
 * the heap, which makes a small slice of a large tensor as dear as the tensor.
 */
function copyBox(backend: WasmBackend, x: TensorInfo, begin: number[], size: number[]): TensorInfo {
  const out = backend.makeOutput(size, x.dtype);
  if (sizeOf(size) === 0) return out;
  const source = backend.typedArrayFromHeap(x);
  const target = backend.typedArrayFromHeap(out);
  const rank = size.length;
  // Trailing dimensions that are taken whole belong to the contiguous run.
  let inner = rank;
  let run = 1;
  while (inner > 0) {
    inner--;
    run *= size[inner];
    if (size[inner] !== x.shape[inner]) break;
  }
  const strides = x.shape.map((_, d) => sizeOf(x.shape.slice(d + 1)));
  let start = 0;
  for (let d = inner; d < rank; d++) start += begin[d] * strides[d];
  const scalarRun = run < 16; // below that a loop beats the call of `set`
  let written = 0;
  const walk = (d: number, offset: number) => {
    if (d === inner) {
      const from = offset + start;
      if (scalarRun) for (let i = 0; i < run; i++) target[written + i] = source[from + i];
      else target.set(source.subarray(from, from + run), written);
      written += run;
      return;
    }
    for (let i = 0; i < size[d]; i++) walk(d + 1, offset + (begin[d] + i) * strides[d]);
  };
  walk(0, 0);
  return out;
}

/** `tf.slice` without a copy of the whole input. */
export const slice: WasmKernel = {
  name: 'Slice',
  create: (original) => (inputs, attrs, backend) => {
    const { x } = inputs as { x: TensorInfo };
    if (x.dtype === 'string') return original!({ inputs, attrs, backend });
    const [begin, size] = tf.slice_util.parseSliceParams(
      x as tf.Tensor,
      attrs['begin'] as number[],
      attrs['size'] as number[],
    );
    return copyBox(backend, x, begin, size);
  },
};

/** `tf.split` by the same copy; tfjs-backend-wasm's own calls its own slice. */
export const splitV: WasmKernel = {
  name: 'SplitV',
  create: (original) => (inputs, attrs, backend) => {
    const { x } = inputs as { x: TensorInfo };
    if (x.dtype === 'string') return original!({ inputs, attrs, backend });
    const axis = tf.util.parseAxisParam(attrs['axis'] as number, x.shape)[0];
    const sizes = tf.backend_util.prepareSplitSize(
      x as tf.Tensor,
      attrs['numOrSizeSplits'] as number[] | number,
      axis,
    );
    const begin = x.shape.map(() => 0);
    return sizes.map((length) => {
      const size = x.shape.map((n, d) => (d === axis ? length : n));
      const part = copyBox(backend, x, begin, size);
      begin[axis] += length;
      return part;
    });
  },
};

/** `tf.unstack` by the same copy. */
export const unpack: WasmKernel = {
  name: 'Unpack',
  create: (original) => (inputs, attrs, backend) => {
    const { value } = inputs as { value: TensorInfo };
    if (value.dtype === 'string') return original!({ inputs, attrs, backend });
    const axis = tf.util.parseAxisParam(attrs['axis'] as number, value.shape)[0];
    const size = value.shape.map((n, d) => (d === axis ? 1 : n));
    const shape = value.shape.filter((_, d) => d !== axis);
    return Array.from({ length: value.shape[axis] }, (_, i) => {
      const begin = value.shape.map((_n, d) => (d === axis ? i : 0));
      return { ...copyBox(backend, value, begin, size), shape };
    });
  },
};
