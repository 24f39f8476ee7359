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
    const [packed, scratch] = instance.reserve(
      instance.call('nearestPacked', K, D),
      instance.call('nearestScratch', K),
    );
    instance.call('packCodes', instance.address(codes), packed, K, D);
    const blocks = instance.call('nearestBlocks', N);
    const addresses = [instance.address(vectors), packed, instance.address(out), scratch];
    instance.call('nearestCodes', ...addresses, N, K, D, 0, blocks);
    return out;
  },
};
