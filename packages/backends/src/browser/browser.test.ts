import * as tf from '@tensorflow/tfjs-core';
import { BackendError, ConfigurationError, selfAttention } from '@visual-echoes/core';
import { afterEach, describe, expect, it } from 'vitest';
import { registerWebGpuKernels, selfCheck, unregisterWebGpuKernels, wasmThreadCount } from '../index.js';
import { listBackends, selectBackend } from './index.js';
import { page } from './page.js';

const wasmPaths = (import.meta as ImportMeta & { env: Record<string, string> }).env['WASM_PATHS'];
const hasGpu = (await page.navigator?.gpu?.requestAdapter()) != null;
if (!hasGpu) console.info('WebGPU is not tested in this browser: it has no adapter.');

describe('selectBackend in a page', () => {
  it('starts wasm, over threads since the page is isolated, and it computes right', async () => {
    expect(page.crossOriginIsolated).toBe(true);
    const messages: string[] = [];
    const { name, label } = await selectBackend({
      prefer: 'wasm',
      threads: 2,
      wasmPaths,
      onMessage: (message) => messages.push(message),
    });
    expect([name, tf.getBackend()]).toEqual(['wasm', 'wasm']);
    expect(label).toMatch(/our kernels, 2 threads/);
    expect(messages).toEqual([`Backend: ${label}`]);
    expect(wasmThreadCount()).toBe(2);
    expect(await selfCheck()).toEqual({ ok: true, failures: [] });
  });

  it('multiplies what is large over both threads', async () => {
    const product = tf.tidy(() => tf.matMul(tf.ones([700, 300]), tf.ones([300, 500])));
    expect((await product.data()).every((x) => x === 300)).toBe(true);
    product.dispose();
  });

  it('does not take a program for a GPU, and says why', async () => {
    const { name, skipped } = await selectBackend({ wasmPaths });
    expect(name).toBe('wasm');
    expect(skipped[0].reason).toMatch(/^no GPU for webgpu here/);
  });

  it('takes the next engine where one computes wrong numbers', async () => {
    const original = tf.getKernel('Exp', 'wasm');
    tf.unregisterKernel('Exp', 'wasm');
    tf.registerKernel({ ...original, kernelFunc: tf.getKernel('Square', 'wasm').kernelFunc });
    try {
      const { name, skipped } = await selectBackend({ wasmPaths });
      expect(name).not.toBe('wasm');
      expect(skipped[1].reason).toMatch(/wrong numbers \(exp: off by/);
    } finally {
      tf.unregisterKernel('Exp', 'wasm');
      tf.registerKernel(original);
    }
  });

  it('refuses names and numbers that are none', async () => {
    await expect(selectBackend({ prefer: 'tensorflow' as 'cpu' })).rejects.toThrow(ConfigurationError);
    await expect(selectBackend({ threads: 0 })).rejects.toThrow(ConfigurationError);
  });

  it('lists every engine, and leaves the current one', async () => {
    await selectBackend({ prefer: 'wasm', wasmPaths });
    const reports = await listBackends({ wasmPaths });
    expect(tf.getBackend()).toBe('wasm');
    expect(reports.map(({ name }) => name)).toEqual(['webgpu', 'wasm', 'webgl', 'cpu']);
    const wasm = reports[1];
    expect(wasm.selfCheck).toEqual({ ok: true, failures: [] });
    expect(wasm.speed!.matMul).toBeGreaterThan(0);
  }, 120_000);
});

describe.skipIf(!hasGpu)('WebGPU in a page', () => {
  afterEach(() => registerWebGpuKernels());

  it('starts on a software adapter where it is asked for, and computes right', async () => {
    const { label } = await selectBackend({ prefer: 'webgpu' });
    expect(label).toMatch(/^WebGPU on .*our kernels/);
    expect(await selfCheck()).toEqual({ ok: true, failures: [] });
  }, 120_000);

  it('is not trusted with a broken kernel', async () => {
    await selectBackend({ prefer: 'webgpu', selfCheck: false });
    const broken = tf.getKernel('SelfAttention', 'webgpu');
    tf.unregisterKernel('SelfAttention', 'webgpu');
    tf.registerKernel({
      ...broken,
      kernelFunc: ({ inputs }) =>
        tf.zeros([inputs.qkv!.shape[0], inputs.qkv!.shape[1], inputs.qkv!.shape[2] / 3]),
    });
    try {
      const { failures } = await selfCheck();
      expect(failures.map(({ check }) => check)).toEqual(['self-attention']);
    } finally {
      tf.unregisterKernel('SelfAttention', 'webgpu');
      tf.registerKernel(broken);
    }
  }, 120_000);

  it('attends as TensorFlow.js does without our kernels', async () => {
    await selectBackend({ prefer: 'webgpu', selfCheck: false });
    const qkv = tf.randomNormal([1, 53, 3 * 2 * 16], 0, 1, 'float32', 1);
    const read = async () => {
      const y = selfAttention(qkv, 2);
      const values = await y.data();
      y.dispose();
      return values;
    };
    const ours = await read();
    unregisterWebGpuKernels();
    const theirs = await read();
    ours.forEach((x, i) => {
      expect(Math.abs(x - theirs[i])).toBeLessThan(1e-5);
    });
    qkv.dispose();
  }, 120_000);

  it('says that its device was lost', async () => {
    await selectBackend({ prefer: 'webgpu', selfCheck: false });
    const { device } = tf.backend() as unknown as { device: { destroy(): void } };
    const y = tf.add(tf.ones([2048]), 1);
    device.destroy();
    await expect(y.data()).rejects.toThrow(BackendError);
  }, 120_000);
});
