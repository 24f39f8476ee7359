import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { gemmOf } from './simd/gemm.js';
import { callKernel, makeZeros, sizeOf, type WasmBackend, type WasmKernel } from './wasm-backend.js';

const bytes = (shape: number[]) => new Uint8Array(new Int32Array(shape).buffer);

type RawMatMul = (...args: unknown[]) => void;
const rawMatMuls = new WeakMap<WasmBackend, RawMatMul>();

function rawMatMul(backend: WasmBackend): RawMatMul {
  let raw = rawMatMuls.get(backend);
  if (!raw) {
    const n = 'number';
    raw = backend.wasm.cwrap('BatchMatMul', null, [n, 'array', n, n, 'array', n, n, n, n]);
    rawMatMuls.set(backend, raw);
  }
  return raw;
}

/**
 * Matrix product [..., M, K] × [..., K, N] → [..., M, N], with broadcasting.
 *
 * tfjs-backend-wasm runs XNNPACK only for one plain 2-D product; batched or transposed ones fall into a scalar
 * loop that is 15 times slower. Here each matrix of a batch is a view of the tensor's memory, registered under
 * an id of its own, and transposed operands are transposed first, so that every product is XNNPACK's.
 */
export const batchMatMul: WasmKernel = {
  name: 'BatchMatMul',
  create: (original) => (inputs, attrs, backend) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
    const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
    const [M, K] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
    const N = transposeB ? bRows : bColumns;
    const outerA = a.shape.slice(0, -2);
    const outerB = b.shape.slice(0, -2);
    const batchA = sizeOf(outerA);
    const batchB = sizeOf(outerB);
    const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
    const batch = sizeOf(outer);
    const shape = [...outer, M, N];

    if (a.dtype !== 'float32' || b.dtype !== 'float32') {
      return original!({ inputs, attrs, backend });
    }
    if (M * K * N * batch === 0) return makeZeros(backend, shape);

    const gemm = gemmOf(backend);
    if (gemm) {
      const out = backend.makeOutput(shape, 'float32');
      const { memoryOffset: left } = backend.dataIdMap.get(a.dataId);
      const { memoryOffset: right } = backend.dataIdMap.get(b.dataId);
      const { memoryOffset: product } = backend.dataIdMap.get(out.dataId);
      const leftStrides = transposeA ? { rowStride: 1, columnStride: M } : { rowStride: K, columnStride: 1 };
      const rightStrides = transposeB ? { rowStride: 1, columnStride: K } : { rowStride: N, columnStride: 1 };
      const folds = batchB === 1 && !transposeA;
      const indexA = batchIndex(outerA, outer);
      const indexB = batchIndex(outerB, outer);
      const rows = folds ? batch * M : M;
      for (let i = 0; i < (folds ? 1 : batch); i++) {
        gemm(
          { address: left + indexA(i) * M * K * 4, ...leftStrides },
          { address: right + indexB(i) * K * N * 4, ...rightStrides },
          product + i * M * N * 4,
          rows,
          N,
          K,
        );
      }
      return out;
    }

    const owned: TensorInfo[] = [];
    const keep = (tensor: TensorInfo) => {
      owned.push(tensor);
      return tensor;
    };
    const left = transposeA ? keep(swapLastTwo(backend, a, batchA, K, M)) : a;
    const right = transposeB ? keep(swapLastTwo(backend, b, batchB, N, K)) : b;

    const out = backend.makeOutput(shape, 'float32');
    const { id: leftId, memoryOffset: leftOffset } = backend.dataIdMap.get(left.dataId);
    const { id: rightId, memoryOffset: rightOffset } = backend.dataIdMap.get(right.dataId);
    const { id: outId, memoryOffset: outOffset } = backend.dataIdMap.get(out.dataId);
    const raw = rawMatMul(backend);
    const multiply = (x: number, rows: number, y: number, product: number) =>
      raw(x, bytes([1, rows, K]), 3, y, bytes([1, K, N]), 3, 0, 0, product);

    if (batchB === 1) {
      multiply(leftId, batchA * M, rightId, outId); // one right operand: the batch folds into the rows
    } else {
      const indexA = batchIndex(outerA, outer);
      const indexB = batchIndex(outerB, outer);
      const view = (offset: number, size: number) => {
        const id = backend.dataIdNextNumber++;
        backend.wasm.tfjs.registerTensor(id, size, offset);
        return id;
      };
      for (let i = 0; i < batch; i++) {
        const views = [
          view(leftOffset + indexA(i) * M * K * 4, M * K),
          view(rightOffset + indexB(i) * K * N * 4, K * N),
          view(outOffset + i * M * N * 4, M * N),
        ] as const;
        multiply(views[0], M, views[1], views[2]);
        for (const id of views) backend.wasm.tfjs.disposeData(id); // also frees XNNPACK's packed copy
      }
    }
    for (const tensor of owned) backend.disposeData(tensor.dataId);
    return out;
  },
};

/** [batch, R, C] → [batch, C, R] */
function swapLastTwo(backend: WasmBackend, x: TensorInfo, batch: number, R: number, C: number): TensorInfo {
  const matrix = batch === 1;
  const input = { dataId: x.dataId, dtype: x.dtype, shape: matrix ? [R, C] : [batch, R, C] };
  return callKernel('Transpose', backend, { x: input }, { perm: matrix ? [1, 0] : [0, 2, 1] });
}

/** From a flat index into the broadcast batch to the flat index into an operand's own batch. */
function batchIndex(own: number[], broadcast: number[]): (i: number) => number {
  if (sizeOf(own) === 1) return () => 0;
  if (sizeOf(own) === sizeOf(broadcast)) return (i) => i;
  const padded = [...Array(broadcast.length - own.length).fill(1), ...own] as number[];
  return (i) => {
    let index = 0;
    let stride = 1;
    let rest = i;
    for (let d = broadcast.length - 1; d >= 0; d--) {
      if (padded[d] !== 1) index += (rest % broadcast[d]) * stride;
      rest = Math.floor(rest / broadcast[d]);
      stride *= padded[d];
    }
    return index;
  };
}

/**
 * `tf.fused.matMul`: XNNPACK's fused form for a single product with a rank-1 bias, else our `BatchMatMul`
 * followed by bias and activation.
 */
export const fusedMatMul: WasmKernel = {
  name: '_FusedMatMul',
  create: (original) => (inputs, attrs, backend) => {
    const { a, b, bias } = inputs as { a: tf.Tensor; b: tf.Tensor; bias?: tf.Tensor };
    const { transposeA, transposeB, activation, leakyreluAlpha } = attrs as {
      transposeA: boolean;
      transposeB: boolean;
      activation: Parameters<typeof tf.fused.matMul>[0]['activation'];
      leakyreluAlpha: number;
    };
    const single = sizeOf(a.shape.slice(0, -2)) === 1 && sizeOf(b.shape.slice(0, -2)) === 1;
    const plain = single && !transposeA && !transposeB && (bias === undefined || bias.shape.length === 1);
    if (plain || activation === 'prelu') return original!({ inputs, attrs, backend });
    return tf.tidy(() => {
      let y: tf.Tensor = tf.matMul(a, b, transposeA, transposeB);
      if (bias) y = tf.add(y, bias);
      if (activation === 'relu') return tf.relu(y);
      if (activation === 'relu6') return tf.relu6(y);
      if (activation === 'elu') return tf.elu(y);
      if (activation === 'sigmoid') return tf.sigmoid(y);
      if (activation === 'leakyrelu') return tf.leakyRelu(y, leakyreluAlpha);
      return y;
    });
  },
};
