import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { BackendError, ConfigurationError } from '@visual-echoes/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forget } from '../choice/candidate.js';
import { wasmThreadCount } from '../wasm-kernels/index.js';
import { listBackends } from './list-backends.js';
import { findPackage, hasNativeBinding } from './optional-package.js';
import { selectBackend } from './select-backend.js';

let app: string;
let from: string[];

beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
  from = [join(app, 'package.json')];
  vi.stubEnv('VISUAL_ECHOES_BACKEND', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(app, { recursive: true });
});

/** Gives the app a package that is installed in this repository. */
function install(name: string): void {
  const target = join(app, 'node_modules', name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), target);
}

/** Gives the app a package of our own making. */
function installFake(name: string, { main, binding = false }: { main: string; binding?: boolean }): void {
  const folder = join(app, 'node_modules', name);
  mkdirSync(join(folder, 'lib', 'napi-v8'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '4.22.0', main: 'index.js' }));
  writeFileSync(join(folder, 'index.js'), main);
  if (binding) writeFileSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), 'not a library');
}

describe('selectBackend', () => {
  it('takes the fastest that is there, and says in one line why nothing faster was', async () => {
    install('@tensorflow/tfjs-backend-wasm');
    install('@tensorflow/tfjs-backend-cpu');
    const messages: string[] = [];
    const { name, label, skipped } = await selectBackend({ from, onMessage: (m) => messages.push(m) });
    expect(name).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect(skipped).toEqual([
      { name: '@tensorflow/tfjs-node-gpu', reason: '@tensorflow/tfjs-node-gpu is not installed' },
      { name: 'webgpu', reason: 'webgpu is not installed' },
      { name: '@tensorflow/tfjs-node', reason: '@tensorflow/tfjs-node is not installed' },
    ]);
    expect(messages).toEqual([`Backend: ${label} (@tensorflow/tfjs-node is not installed)`]);
  });

  it.each([
    ['installed without its native library', { main: 'throw new Error("loaded")' }],
    [
      'cannot be loaded: libtensorflow.so.2: no such file',
      { main: 'throw new Error("libtensorflow.so.2: no such file\\n    at x")', binding: true },
    ],
    [
      'brought a @tensorflow/tfjs-core of its own',
      { main: 'module.exports = {}', binding: true }, // it registers no backend that we see
    ],
  ])('steps down from a tfjs-node that is %s', async (reason, fake) => {
    installFake('@tensorflow/tfjs-node', fake);
    install('@tensorflow/tfjs-backend-wasm');
    const { name, skipped } = await selectBackend({ from });
    expect(name).toBe('wasm');
    expect(skipped[2].reason).toContain(reason);
    expect(skipped[2].reason).not.toContain('\n');
  });

  it('does not trust a backend that computes wrong numbers', async () => {
    install('@tensorflow/tfjs-backend-wasm');
    install('@tensorflow/tfjs-backend-cpu');
    await selectBackend({ from });
    const original = tf.getKernel('Exp', 'wasm');
    tf.unregisterKernel('Exp', 'wasm');
    tf.registerKernel({ ...original, kernelFunc: tf.getKernel('Square', 'wasm').kernelFunc });
    const { name, skipped } = await selectBackend({ from });
    const unchecked = await selectBackend({ from, selfCheck: false });
    tf.unregisterKernel('Exp', 'wasm');
    tf.registerKernel(original);
    expect(name).toBe('cpu');
    expect(skipped[3].reason).toMatch(/wrong numbers \(exp: off by/);
    expect(unchecked.name).toBe('wasm');
  });

  it('goes down to one thread where several compute wrong numbers', async () => {
    install('@tensorflow/tfjs-backend-wasm');
    await selectBackend({ from });
    forget('wasm'); // it has one thread
    const original = tf.getKernel('Exp', 'wasm');
    const kernelFunc: tf.KernelFunc = (call) =>
      (wasmThreadCount() > 1 ? tf.getKernel('Square', 'wasm') : original).kernelFunc(call);
    tf.unregisterKernel('Exp', 'wasm');
    tf.registerKernel({ ...original, kernelFunc });
    try {
      const { name, label, skipped } = await selectBackend({ from, threads: 2 });
      expect(name).toBe('wasm');
      expect(label).toContain('1 thread)');
      expect(skipped[3].reason).toMatch(/wrong numbers \(exp: off by/);
      expect(await tf.exp(tf.scalar(1)).data()).toEqual(Float32Array.of(Math.E));
    } finally {
      tf.unregisterKernel('Exp', 'wasm');
      tf.registerKernel(original);
    }
  });

  it('takes the preferred backend or nothing, and says how to get it', async () => {
    install('@tensorflow/tfjs-backend-wasm');
    install('@tensorflow/tfjs-backend-cpu');
    expect((await selectBackend({ from, prefer: 'cpu' })).name).toBe('cpu');
    vi.stubEnv('VISUAL_ECHOES_BACKEND', 'cpu');
    expect((await selectBackend({ from })).name).toBe('cpu');
    expect((await selectBackend({ from, prefer: 'wasm' })).name).toBe('wasm');
    const refused = selectBackend({ from, prefer: 'tensorflow' });
    await expect(refused).rejects.toThrow(BackendError);
    await expect(refused).rejects.toThrow(
      /not installed.*npm install @tensorflow\/tfjs-node,.*pnpm engine:tensorflow/,
    );
  });

  it('says in a line what webgpu lacks', async () => {
    const refused = () => selectBackend({ from, prefer: 'webgpu' });
    await expect(refused()).rejects.toThrow(
      /webgpu is not installed\. Get it: npm install webgpu @tensorflow/,
    );
    installFake('webgpu', { main: '' });
    await expect(refused()).rejects.toThrow(/tfjs-backend-webgpu is not installed/);
  });

  it('refuses a backend that does not exist', async () => {
    vi.stubEnv('VISUAL_ECHOES_BACKEND', 'gpu');
    await expect(selectBackend({ from })).rejects.toThrow(ConfigurationError);
    await expect(selectBackend({ from })).rejects.toThrow(/VISUAL_ECHOES_BACKEND is "gpu"/);
  });

  it('says what to install where there is nothing at all', async () => {
    await expect(selectBackend({ from })).rejects.toThrow(
      /Get one: npm install @tensorflow\/tfjs-backend-wasm/,
    );
  });
});

describe('listBackends', () => {
  it('reports every engine and leaves the current backend as it was', async () => {
    install('@tensorflow/tfjs-backend-wasm');
    await selectBackend({ from });
    const before = tf.memory().numTensors;
    const reports = await listBackends({ from });
    expect(reports.map(({ name, available }) => [name, available])).toEqual([
      ['tensorflow', false],
      ['webgpu', false],
      ['tensorflow', false],
      ['wasm', true],
      ['cpu', false],
    ]);
    expect(reports[3].selfCheck).toEqual({ ok: true, failures: [] });
    expect(reports[3].speed!.matMul).toBeGreaterThan(0);
    expect(reports[4].remedy).toBe('npm install @tensorflow/tfjs-backend-cpu');
    expect(tf.getBackend()).toBe('wasm');
    expect(tf.memory().numTensors).toBe(before);
  });
});

const tfjsNode = findPackage('@tensorflow/tfjs-node');

describe.skipIf(!tfjsNode || !hasNativeBinding(tfjsNode))('tfjs-node', () => {
  it('is chosen where it works, shares our tfjs-core, and passes the self-check', async () => {
    const { name, label } = await selectBackend({ prefer: 'tensorflow' });
    expect(name).toBe('tensorflow');
    expect(label).toContain('TensorFlow');
    expect(tf.getBackend()).toBe('tensorflow');
    const first = tf.tidy(() => tf.slice(tf.tensor1d([1, 2, 3]), 1, 1));
    expect(await first.data()).toEqual(Float32Array.of(2));
    first.dispose();
  });
});
