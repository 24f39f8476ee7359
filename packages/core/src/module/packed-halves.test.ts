import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { valueAndGradients } from '../autograd/value-and-gradients.js';
import { fromFloat16, toFloat16 } from '../checkpoint/half-precision.js';
import { Linear } from '../layers/linear.js';
import { linear } from '../operations/linear.js';
import { Random } from '../random.js';
import { useCpu } from '../testing.test.helper.js';
import { Module } from './module.js';
import { packHalves, unpackHalves } from './packed-halves.js';
import '../training/index.js';

describe('packHalves', () => {
  it('packs every half below 64, and is undone to the bit', () => {
    const all = Float32Array.from({ length: 65536 }, (_, half) => fromFloat16(half));
    const below = all.filter((value) => Math.abs(value) < 64);
    expect(below.length).toBe(2 * 0x5400); // 64 is the half 0x5400
    const words = packHalves(below)!;
    expect(words).toHaveLength(below.length / 2);
    expect(unpackHalves(words)).toEqual(below);
  });

  it('makes normal halves of all, the first of two in the low bits', () => {
    const [word] = packHalves(Float32Array.of(2 ** -24, -1))!;
    expect([fromFloat16(word & 0xffff), fromFloat16(word >>> 16)]).toEqual([2 ** -14, -1024]);
    expect(word & 0xffff).toBe(toFloat16(2 ** -14));
  });

  it.each([1 + 2 ** -11, 0.1, 64, -65504, 2 ** -25, 2 ** -149, Infinity, NaN])('refuses %f', (value) => {
    expect(packHalves(Float32Array.of(1, value))).toBeUndefined();
  });

  it('takes no odd number of weights, and parts of arrays', () => {
    expect(packHalves(Float32Array.of(1, 2, 3))).toBeUndefined();
    const part = Float32Array.of(1, 2, 3).subarray(1);
    expect(unpackHalves(packHalves(part)!)).toEqual(Float32Array.of(2, 3));
  });
});

class Network extends Module {
  readonly first = new Linear(3, 4, { random: new Random(1) });
  readonly odd = new Linear(4, 3, { random: new Random(1) });
  readonly precise = new Linear(3, 2, { random: new Random(1) });

  forward(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => this.precise.forward(this.odd.forward(this.first.forward(x))));
  }
}

/** A network whose first two layers' weights are halves. */
async function network(): Promise<Network> {
  const made = new Network();
  const state = await made.stateDict();
  for (const name of ['first.weight', 'first.bias', 'odd.weight']) {
    const { shape, data } = state[name];
    state[name] = { shape, data: data.map((value) => fromFloat16(toFloat16(value))) };
  }
  made.loadStateDict(state);
  return made;
}

/** Gives cpu the kernel, which counts its calls. */
function register(): { count: number } {
  const calls = { count: 0 };
  tf.registerKernel({
    kernelName: 'LinearHalves',
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs }) => {
      calls.count++;
      const { x, weight, bias } = inputs as Record<string, tf.Tensor>;
      const [rows, words] = weight.shape;
      return tf.tidy(() => {
        const values = unpackHalves(weight.dataSync() as Int32Array);
        return linear(
          x as tf.Tensor2D,
          tf.tensor(values, [rows, 2 * words]),
          bias,
          attrs!['activation'] as 'none',
        );
      });
    },
  });
  return calls;
}

describe('Module.packHalves', () => {
  beforeAll(useCpu);
  afterEach(() => tf.unregisterKernel('LinearHalves', 'cpu'));

  it('changes nothing where the engine has no kernel for it', async () => {
    const model = await network();
    const held = [...model.namedParameters().values()].map(({ value }) => value);
    await model.packHalves();
    expect([...model.namedParameters().values()].map(({ value }) => value)).toEqual(held);
    expect(model.first.weight.halves).toBeUndefined();
    model.dispose();
    register(); // for afterEach
  });

  it('packs what is halves and even, in half the memory, and computes the same', async () => {
    const calls = register();
    const before = tf.memory();
    const model = await network();
    const state = await model.stateDict();
    const whole = tf.memory();
    const x = tf.ones([2, 5, 3]);
    const full = model.forward(x);
    expect(calls.count).toBe(0);

    await model.packHalves();
    await model.packHalves();
    expect([model.first, model.odd, model.precise].map(({ weight }) => weight.halves?.shape)).toEqual([
      [3, 2],
      undefined,
      undefined,
    ]);
    expect(await model.stateDict()).toEqual(state);
    const packed = model.forward(x);
    expect(calls.count).toBe(1);
    expect(packed.dataSync()).toEqual(full.dataSync());
    tf.dispose([x, full, packed]);
    expect(tf.memory().numTensors).toBe(whole.numTensors);
    expect(tf.memory().numBytes).toBe(whole.numBytes - 3 * 4 * 2);
    model.dispose();
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
  });

  it('makes float32 of what is trained, asked for, loaded, or left without its kernel', async () => {
    const calls = register();
    const model = await network();
    const state = await model.stateDict();
    const before = tf.memory();
    const x = tf.ones([2, 3]);
    const loss = () => tf.sum(model.forward(x)) as tf.Scalar;
    const { weight } = model.first;
    const undo = {
      trained: () => {
        const { value, gradients } = valueAndGradients(loss, model.trainableParameters());
        tf.dispose([value, ...gradients.values()]);
      },
      taped: () => tf.dispose(tf.grad((y) => tf.sum(model.forward(y)))(x)),
      'asked for': () => {
        expect(weight.value.dataSync()).toHaveLength(12);
      },
      loaded: () => model.loadStateDict(state),
      'without kernel': () => {
        tf.unregisterKernel('LinearHalves', 'cpu');
        loss().dispose();
        register();
      },
    };
    for (const [name, run] of Object.entries(undo)) {
      await model.packHalves();
      expect(weight.halves, name).toBeDefined();
      tf.tidy(run);
      expect(weight.halves, name).toBeUndefined();
      expect(weight.value.trainable).toBe(true);
      expect(await model.stateDict(), name).toEqual(state);
    }
    expect(calls.count).toBe(0);
    x.dispose();
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
    model.dispose();
  });
});
