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
    const own = instance.call('attentionScratch', ...shape);
    const [packed, scratch] = instance.reserve(
      units * instance.call('attentionPacked', ...shape),
      instance.threads * own,
    );
    const [from, to] = [instance.address(qkv), instance.address(y)];
    instance.run('packAttention', [from, packed, ...shape], units);
    const blocks = units * instance.call('attentionBlocks', ...shape);
    const perThread = { value: scratch, perThread: own * 4 };
    instance.run('attention', [from, packed, to, perThread, ...shape], blocks);
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
    const own = instance.call('attentionGradScratch', ...shape);
    const [scratch] = instance.reserve(instance.threads * own);
    const addresses = [qkv, y, dy, dqkv].map((tensor) => instance.address(tensor));
    const perThread = { value: scratch, perThread: own * 4 };
    instance.run('attentionGrad', [...addresses, perThread, ...shape], batch * shape[1]);
    return dqkv;
  },
};
