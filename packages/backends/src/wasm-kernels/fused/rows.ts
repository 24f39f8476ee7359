import type { TensorInfo } from '@tensorflow/tfjs-core';
import { gemmOf } from '../simd/gemm.js';
import { nativeInstance, rowsOf } from '../simd/native-instance.js';
import { callKernel, makeZeros, sizeOf, type WasmKernel } from '../wasm-backend.js';
import { addUp, PARTS } from './parts.js';

/** x·W + b and the exact GELU, which are done in place after the product. */
export const linear: WasmKernel = {
  name: 'Linear',
  create: () => (inputs, attrs, backend) => {
    const { x, weight, bias } = inputs as { x: TensorInfo; weight: TensorInfo; bias?: TensorInfo };
    const instance = nativeInstance(backend);
    const gelu = attrs['activation'] === 'gelu';
    const [M, K] = x.shape;
    const N = weight.shape[1];
    if (M * K * N === 0 || !gemmOf(backend)) {
      const product =
        M * K * N === 0
          ? makeZeros(backend, [M, N])
          : callKernel('BatchMatMul', backend, { a: x, b: weight });
      finish(product);
      return product;
    }
    const out = backend.makeOutput([M, N], 'float32');
    const plain = (columns: number) => ({ rowStride: columns, columnStride: 1 });
    gemmOf(backend)!(
      { address: instance.address(x), ...plain(K) },
      { address: instance.address(weight), ...plain(N) },
      instance.address(out),
      M,
      N,
      K,
    );
    finish(out);
    return out;

    function finish(y: TensorInfo): void {
      if (!bias && !gelu) return;
      const at = instance.address(y);
      instance.run('biasGelu', [at, bias ? instance.address(bias) : 0, at, N, Number(gelu)], M);
    }
  },
};

/** The exact GELU. */
export const gelu: WasmKernel = {
  name: 'Gelu',
  create: () => (inputs, _, backend) => {
    const { x } = inputs as { x: TensorInfo };
    const instance = nativeInstance(backend);
    const y = backend.makeOutput(x.shape, 'float32');
    instance.run('gelu', [instance.address(x), instance.address(y)], sizeOf(x.shape));
    return y;
  },
};

export const geluGrad: WasmKernel = {
  name: 'GeluGrad',
  create: () => (inputs, _, backend) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const instance = nativeInstance(backend);
    const dx = backend.makeOutput(x.shape, 'float32');
    instance.run(
      'geluGrad',
      [x, dy, dx].map((tensor) => instance.address(tensor)),
      sizeOf(x.shape),
    );
    return dx;
  },
};

/** A step of AdamW in one pass over the weight, its moments and its gradient. */
export const adamW: WasmKernel = {
  name: 'AdamW',
  create: () => (inputs, attrs, backend) => {
    const { weight, first, second, gradient } = inputs as Record<string, TensorInfo>;
    const { beta1, beta2, stepSize, epsilon, keep } = attrs as Record<string, number>;
    const instance = nativeInstance(backend);
    const outputs = [0, 1, 2].map(() => backend.makeOutput(weight.shape, 'float32'));
    const addresses = [weight, first, second, gradient, ...outputs].map((tensor) => instance.address(tensor));
    instance.run('adamW', [...addresses, beta1, beta2, stepSize, epsilon, keep], sizeOf(weight.shape));
    return outputs;
  },
};

/** Layer normalization of rows. */
export const layerNorm: WasmKernel = {
  name: 'LayerNorm',
  create: () => (inputs, attrs, backend) => {
    const { x, weight, bias } = inputs as Record<string, TensorInfo>;
    const instance = nativeInstance(backend);
    const [M, D] = rowsOf(x);
    const y = backend.makeOutput(x.shape, 'float32');
    const addresses = [x, weight, bias, y].map((tensor) => instance.address(tensor));
    instance.run('layerNorm', [...addresses, D, attrs['epsilon'] as number], M);
    return y;
  },
};

export const layerNormGrad: WasmKernel = {
  name: 'LayerNormGrad',
  create: () => (inputs, attrs, backend) => {
    const { x, weight, dy } = inputs as Record<string, TensorInfo>;
    const instance = nativeInstance(backend);
    const [M, D] = rowsOf(x);
    const dx = backend.makeOutput(x.shape, 'float32');
    const [dWeight, dBias] = [makeZeros(backend, [D]), makeZeros(backend, [D])];
    const parts = Math.min(M, PARTS);
    const [sums] = instance.reserve(2 * parts * D);
    instance.floats(sums, 2 * parts * D).fill(0);
    const part = (i: number) => ({ value: sums + i * parts * D * 4, perPiece: D * 4 });
    const addresses = [x, weight, dy, dx].map((tensor) => instance.address(tensor));
    instance.run('layerNormGrad', [...addresses, part(0), part(1), D, attrs['epsilon'] as number], M, parts);
    [dWeight, dBias].forEach((tensor, i) => {
      const total = addUp(instance.floats(sums + i * parts * D * 4, parts * D), D);
      instance.floats(instance.address(tensor), D).set(total);
    });
    return [dx, dWeight, dBias];
  },
};
