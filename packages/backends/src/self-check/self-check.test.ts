import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { afterEach, describe, expect, it } from 'vitest';
import { registerWasmKernels, unregisterWasmKernels } from '../wasm-kernels/index.js';
import { measureSpeed } from './measure-speed.js';
import { erf } from './reference.js';
import { selfCheck } from './self-check.js';

afterEach(unregisterWasmKernels);

/** Runs `f` while a kernel of cpu is replaced. */
async function withKernel<T>(name: string, kernelFunc: tf.KernelFunc, f: () => Promise<T>): Promise<T> {
  const original = tf.getKernel(name, 'cpu');
  tf.unregisterKernel(name, 'cpu');
  tf.registerKernel({ ...original, kernelFunc });
  try {
    return await f();
  } finally {
    tf.unregisterKernel(name, 'cpu');
    tf.registerKernel(original);
  }
}

describe('selfCheck', () => {
  it.each(['cpu', 'wasm', 'wasm with our kernels'])('passes on %s, and leaves no tensor', async (name) => {
    if (name.includes('our')) registerWasmKernels();
    await tf.setBackend(name.split(' ')[0]);
    const before = tf.memory().numTensors;
    expect(await selfCheck()).toEqual({ ok: true, failures: [] });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('finds a kernel that is wrong by a thousandth', async () => {
    await tf.setBackend('cpu');
    const exp = tf.getKernel('Exp', 'cpu').kernelFunc;
    const wrong: tf.KernelFunc = (call) => {
      const out = exp(call) as tf.TensorInfo;
      const backend = call.backend as { data: { get(id: object): { values: Float32Array } } };
      const { values } = backend.data.get(out.dataId);
      values.forEach((v, i) => {
        values[i] = v * 1.001;
      });
      return out;
    };
    const { ok, failures } = await withKernel('Exp', wrong, selfCheck);
    expect(ok).toBe(false);
    expect(failures.map(({ check }) => check)).toEqual(['exp']);
    expect(failures[0].error).toBeCloseTo(1e-3, 5);
  });

  it.each([
    ['Linear', ['linear and GELU']],
    ['SelfAttention', ['self-attention']],
    ['LayerNorm', ['layer norm']],
    ['GroupNorm', ['group norm and swish']],
    ['NearestCode', ['nearest code']],
    ['Gelu', ['linear and GELU', 'gelu']],
  ])('finds that our kernel %s gives zeros, as a broken shader does', async (name, checks) => {
    await tf.setBackend('cpu');
    const shapes: Record<string, (inputs: tf.NamedTensorInfoMap) => number[]> = {
      Linear: ({ x, weight }) => [x!.shape[0], weight!.shape[1]],
      SelfAttention: ({ qkv }) => [qkv!.shape[0], qkv!.shape[1], qkv!.shape[2] / 3],
      NearestCode: ({ vectors }) => [vectors!.shape[0]],
    };
    tf.registerKernel({
      kernelName: name,
      backendName: 'cpu',
      kernelFunc: ({ inputs }) => tf.zeros((shapes[name] ?? (({ x }) => x!.shape))(inputs)),
    });
    try {
      const { failures } = await selfCheck();
      expect(failures.map((failure) => failure.check)).toEqual(checks);
    } finally {
      tf.unregisterKernel(name, 'cpu');
    }
  });

  it.each([
    ['LayerNormGrad', 'gradient of layer norm'],
    ['GroupNormGrad', 'gradient of group norm and swish'],
    ['SelfAttentionGrad', 'gradient of self-attention'],
    ['GeluGrad', 'gradient of gelu'],
    ['AdamW', 'AdamW'],
  ])('finds that our %s of wasm gives one of its results a thousandth too large', async (name, check) => {
    registerWasmKernels();
    await tf.setBackend('wasm');
    const original = tf.getKernel(name, 'wasm');
    const kernelFunc: tf.KernelFunc = (call) => {
      const outputs = [original.kernelFunc(call)].flat() as tf.TensorInfo[];
      const backend = call.backend as { typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array };
      const values = backend.typedArrayFromHeap(outputs[outputs.length - 1]);
      for (let i = 0; i < values.length; i++) values[i] *= 1.001;
      return outputs;
    };
    tf.unregisterKernel(name, 'wasm');
    tf.registerKernel({ ...original, kernelFunc });
    const { failures } = await selfCheck();
    expect(failures.map((failure) => failure.check)).toEqual([check]);
  });

  it('counts NaN and an exception as failures', async () => {
    await tf.setBackend('cpu');
    const throws: tf.KernelFunc = () => {
      throw new Error('no such thing\nand more');
    };
    const { failures } = await withKernel('Erf', throws, selfCheck);
    expect(failures[0]).toEqual({
      check: 'linear and GELU',
      error: Infinity,
      message: 'linear and GELU: no such thing',
    });
    expect(failures.map(({ check }) => check)).toEqual(['linear and GELU', 'gelu', 'erf']);
  });
});

describe('erf', () => {
  it('is scipy.special.erf', () => {
    const values = {
      0.1: 0.1124629160182849,
      1: 0.8427007929497148,
      2.5: 0.999593047982555,
      5: 0.9999999999984626,
    };
    for (const [x, expected] of Object.entries(values)) {
      expect(erf(Number(x))).toBeCloseTo(expected, 14);
      expect(erf(-x)).toBeCloseTo(-expected, 14);
    }
  });
});

describe('measureSpeed', () => {
  it('gives positive speeds and leaves no tensor', async () => {
    await tf.setBackend('wasm');
    const before = tf.memory().numTensors;
    const { matMul, convolution } = await measureSpeed({ milliseconds: 1 });
    expect(matMul).toBeGreaterThan(0);
    expect(convolution).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(before);
  });
});
