import type { TensorInfo } from '@tensorflow/tfjs-core';
import { nativeInstance } from '../simd/native-instance.js';
import type { WasmKernel } from '../wasm-backend.js';

/** The nearest of many codes, which holds the distances of 16 vectors at a time. */
export const nearestCode: WasmKernel = {
  name: 'NearestCode',
  create: () => (inputs, _, backend) => {
    const { vectors, codes } = inputs as Record<string, TensorInfo>;
    const [N, D] = vectors.shape;
    const [K] = codes.shape;
    const instance = nativeInstance(backend);
    const out = backend.makeOutput([N], 'int32');
    const own = instance.call('nearestScratch', K);
    const [packed, scratch] = instance.reserve(instance.call('nearestPacked', K, D), instance.threads * own);
    instance.call('packCodes', instance.address(codes), packed, K, D);
    const blocks = instance.call('nearestBlocks', N);
    const perThread = { value: scratch, perThread: own * 4 };
    const [from, to] = [instance.address(vectors), instance.address(out)];
    instance.run('nearestCodes', [from, packed, to, perThread, N, K, D], blocks);
    return out;
  },
};
