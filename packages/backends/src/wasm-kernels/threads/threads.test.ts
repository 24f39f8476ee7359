import * as tf from '@tensorflow/tfjs-core';
import { BackendError, layerNorm, linear, Random, selfAttention } from '@visual-echoes/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeFusedKernels } from '../../fused-kernels.test.helper.js';
import { selectBackend } from '../../node/index.js';
import { spawnThread } from '../../node/spawn-thread.js';
import {
  fusedWasmKernelNames,
  registerWasmKernels,
  unregisterWasmKernels,
  wasmKernelNames,
} from '../register-wasm-kernels.js';
import { memoryOf } from '../simd/instantiate.js';
import { nativeInstance, wasmThreadCount } from '../simd/native-instance.js';
import { webAssembly } from '../simd/web-assembly.js';
import type { WasmBackend } from '../wasm-backend.js';
import { ThreadPool } from './thread-pool.js';
import { shareable } from './wasm-threads.js';

const backend = () => tf.backend() as unknown as WasmBackend;

beforeAll(async () => {
  const { label } = await selectBackend({ prefer: 'wasm', threads: 3 });
  expect(label).toContain('3 threads');
});

describe('our kernels for wasm, over threads', () => {
  const others = wasmKernelNames.filter((name) => !fusedWasmKernelNames.includes(name));
  describeFusedKernels((run) => {
    unregisterWasmKernels();
    registerWasmKernels({ only: others });
    try {
      return run();
    } finally {
      unregisterWasmKernels();
      registerWasmKernels();
    }
  });

  it('share a memory, and leave the functions of WebAssembly as they were', () => {
    expect(wasmThreadCount()).toBe(3);
    expect(memoryOf(backend()).shared).toBe(true);
    expect(webAssembly.instantiate.toString()).toContain('[native code]');
  });

  it('give the bytes that one thread gives', () => {
    const random = new Random(7);
    const [values, weights] = [random.normals(2 * 121 * 96), random.normals(96 * 130)];
    const compute = () =>
      tf.tidy(() => {
        const qkv = tf.tensor3d(values, [2, 121, 96]);
        const attended = tf.grad((x) => selfAttention(x, 2))(qkv);
        const normal = layerNorm(tf.reshape(qkv, [-1, 96]), tf.ones([96]), tf.zeros([96]), 1e-6);
        const product = linear(normal, tf.tensor2d(weights, [96, 130]), tf.ones([130]), 'gelu');
        return [attended, product].map((tensor) => [...tensor.dataSync()]);
      });
    const over3 = compute();
    const instance = nativeInstance(backend()) as unknown as { pool?: ThreadPool };
    const { pool } = instance;
    delete instance.pool;
    expect(compute()).toEqual(over3);
    instance.pool = pool;
  });

  it('multiply 10,000 times without growing', () => {
    const [a, b] = [tf.ones([64, 64]), tf.ones([64, 128])];
    const multiply = () => tf.tidy(() => tf.matMul(a, b).dataSync()[0]);
    multiply();
    const before = [backend().wasm.HEAPU8.length, tf.memory().numTensors];
    for (let i = 0; i < 10_000; i++) expect(multiply()).toBe(64);
    expect([backend().wasm.HEAPU8.length, tf.memory().numTensors]).toEqual(before);
    tf.dispose([a, b]);
  });

  it('grow the memory while they are there', () => {
    const before = backend().wasm.HEAPU8.length;
    const many = Array.from({ length: 6 }, () => tf.ones([1024, 1024, 4]));
    expect(backend().wasm.HEAPU8.length).toBeGreaterThan(before);
    const product = tf.matMul(tf.ones([300, 200]), tf.ones([200, 100]));
    expect(product.dataSync().every((x) => x === 200)).toBe(true);
    tf.dispose([...many, product]);
  });
});

describe('ThreadPool', () => {
  it('says that a thread failed', () => {
    const instance = nativeInstance(backend());
    const [stack] = instance.reserve(1024);
    const { memory } = memoryOf(backend());
    // A module that only has a stack: no function can be called.
    const module = new webAssembly.Module(onlyStack);
    const pool = new ThreadPool({ module, memory, names: ['missing'], stacks: [stack + 4096] }, spawnThread);
    const busy = () => {
      for (const end = performance.now() + 1; performance.now() < end; );
    };
    expect(() => pool.run('missing', [], 5000, 5000, busy)).toThrow(BackendError);
    pool.run('missing', [], 0, 0, busy);
    pool.dispose();
  });
});

/** (module (global (export "__stack_pointer") (mut i32) (i32.const 0))) */
const onlyStack = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 6, 6, 1, 0x7f, 1, 0x41, 0, 0x0b, 7, 19, 1, 15],
  ...new TextEncoder().encode('__stack_pointer'),
  ...[3, 0],
);

it('changes one bit of a module that has a memory with a most, and none of another', () => {
  const module = (flags: number, ...limits: number[]) =>
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 2 + limits.length, 1, flags, ...limits);
  expect(shareable(module(1, 1, 2))).toEqual(module(3, 1, 2));
  expect(shareable(module(0, 1))).toEqual(module(0, 1));
});
