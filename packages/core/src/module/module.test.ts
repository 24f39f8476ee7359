import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CheckpointError, ShapeError } from '../errors.js';
import { Conv2d } from '../layers/conv2d.js';
import { Linear } from '../layers/linear.js';
import { Random } from '../random.js';
import { useCpu } from '../testing.test.helper.js';
import { zeros } from './initializers.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';

const random = new Random(1);

class Part extends Module {
  readonly projOut = new Linear(2, 3, { random });
}

class Network extends Module {
  readonly convIn = new Conv2d(2, 3, { random });
  readonly down = [{ notAModule: new Parameter([1], zeros) }, new Part(), new Part()];
  readonly attn_1 = new Part();
  readonly LayerNorm = new Linear(2, 2, { random, bias: false });
  readonly runningMean = new Parameter([3], zeros, { trainable: false });
  readonly absent?: Part;
  protected override readonly unusedNames = [/^left_over\./];
}

const names = [
  'conv_in.weight',
  'conv_in.bias',
  'down.1.proj_out.weight',
  'down.1.proj_out.bias',
  'down.2.proj_out.weight',
  'down.2.proj_out.bias',
  'attn_1.proj_out.weight',
  'attn_1.proj_out.bias',
  'LayerNorm.weight',
  'running_mean',
];

describe('Module', () => {
  beforeAll(useCpu);

  it('names its weights as PyTorch does, in the order of the properties', () => {
    const network = new Network();
    expect([...network.namedParameters().keys()]).toEqual(names);
    expect([...network.trainableParameters().keys()]).toEqual(names.slice(0, -1));
    expect(network.parameterCount()).toBe(3 * 2 * 9 + 3 + 3 * 9 + 4 + 3);
  });

  it('makes no tensor before a weight is used, and frees what it made', async () => {
    const before = tf.memory().numTensors;
    const network = new Network();
    expect(tf.memory().numTensors).toBe(before);
    await network.stateDict();
    expect(tf.memory().numTensors).toBe(before + names.length);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("gives back what it was given, in PyTorch's layouts", async () => {
    const network = new Network();
    const state = Object.fromEntries(
      [...network.namedParameters()].map(([name, { shape, size }]) => [
        name,
        { shape: [...shape], data: random.normals(size) },
      ]),
    );
    network.loadStateDict(state);
    expect(await network.stateDict()).toEqual(state);
    // [out, in, height, width] in the file, [height, width, in, out] in memory.
    const filter = network.convIn.weight;
    expect(filter.value.shape).toEqual([3, 3, 2, 3]);
    const [o, i, h, w] = [2, 1, 0, 2];
    const inMemory = filter.value.dataSync()[((h * 3 + w) * 2 + i) * 3 + o];
    expect(inMemory).toBe(state['conv_in.weight'].data[((o * 2 + i) * 3 + h) * 3 + w]);
    expect(network.LayerNorm.weight.value.dataSync()[1]).toBe(state['LayerNorm.weight'].data[2]);
    network.dispose();
  });

  it('lists everything that does not fit in one error, and changes nothing', async () => {
    const network = new Network();
    const state = await network.stateDict();
    const { running_mean: _, ...rest } = state;
    const wrong = {
      ...rest,
      'conv_in.bias': { shape: [3], data: new Float32Array(3).fill(7) },
      'LayerNorm.weight': { shape: [4, 1], data: new Float32Array(4) },
      'head.weight': { shape: [1], data: new Float32Array(1) },
      'left_over.table': { shape: [1], data: new Float32Array(1) },
    };
    expect(() => network.loadStateDict(wrong)).toThrow(CheckpointError);
    expect(() => network.loadStateDict(wrong)).toThrow(
      /not of this Network.*\n.*shape of LayerNorm.weight: \[4,1\] in the file, \[2,2\].*\n.*missing: running_mean \[3\]\n.*unexpected: head.weight \[1\]$/,
    );
    expect(await network.stateDict()).toEqual(state);
    network.dispose();
  });

  it('refuses data of another length than its shape', () => {
    const parameter = new Parameter([2, 2], zeros);
    expect(() => parameter.set(new Float32Array(3))).toThrow(ShapeError);
  });
});
