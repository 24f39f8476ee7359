import type { TensorInfo } from '@tensorflow/tfjs-core';
import { nativeInstance } from '../simd/native-instance.js';
import type { WasmKernel } from '../wasm-backend.js';

/** Samples, and the numbers that the functions ask for: length, heads, and the size of one. */
function shapeOf(
  qkv: TensorInfo,
  heads: number,
): { batch: number; shape: [N: number, heads: number, d: number] } {
  const [batch, length, width3] = qkv.shape;
  return { batch, shape: [length, heads, width3 / 3 / heads] };
}

/** Attention that holds 32 rows of its weights at a time. */
export const selfAttention: WasmKernel = {
  name: 'SelfAttention',
  create: () => (inputs, attrs, backend) => {
    const { qkv } = inputs as { qkv: TensorInfo };
    const { batch, shape } = shapeOf(qkv, attrs['heads'] as number);
    const [N, heads, d] = shape;
    const instance = nativeInstance(backend);
    const y = backend.makeOutput([batch, N, heads * d], 'float32');
    const units = batch * heads;
    const [packed, scratch] = instance.reserve(
      units * instance.call('attentionPacked', ...shape),
      instance.call('attentionScratch', ...shape),
    );
    const [from, to] = [instance.address(qkv), instance.address(y)];
    instance.call('packAttention', from, packed, ...shape, 0, units);
    const blocks = units * instance.call('attentionBlocks', ...shape);
    instance.call('attention', from, packed, to, scratch, ...shape, 0, blocks);
    return y;
  },
};

export const selfAttentionGrad: WasmKernel = {
  name: 'SelfAttentionGrad',
  create: () => (inputs, attrs, backend) => {
    const { qkv, y, dy } = inputs as Record<string, TensorInfo>;
    const { batch, shape } = shapeOf(qkv, attrs['heads'] as number);
    const instance = nativeInstance(backend);
    const dqkv = backend.makeOutput(qkv.shape, 'float32');
    const [scratch] = instance.reserve(instance.call('attentionGradScratch', ...shape));
    const addresses = [qkv, y, dy, dqkv].map((tensor) => instance.address(tensor));
    instance.call('attentionGrad', ...addresses, scratch, ...shape, 0, batch * shape[1]);
    return dqkv;
  },
};
