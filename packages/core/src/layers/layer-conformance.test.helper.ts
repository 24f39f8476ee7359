import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { AttentionBlock } from '../autoencoder/attention-block.js';
import { MaskgitResidualBlock } from '../autoencoder/maskgit-residual-block.js';
import { ResidualBlock } from '../autoencoder/residual-block.js';
import { VectorQuantizer } from '../autoencoder/vector-quantizer.js';
import { valueAndGradients } from '../autograd/value-and-gradients.js';
import { toFile } from '../module/layout.js';
import { Module } from '../module/module.js';
import { gelu } from '../operations/gelu.js';
import { selfAttention } from '../operations/self-attention.js';
import { swish } from '../operations/swish.js';
import { Random } from '../random.js';
import {
  expectClose,
  type FixtureTensor,
  picture,
  picturesOf,
  readFixture,
  stateTensor,
} from '../testing.test.helper.js';
import { averagePool } from './average-pool.js';
import { BatchNorm2d } from './batch-norm2d.js';
import { Conv2d } from './conv2d.js';
import { Embedding } from './embedding.js';
import { GroupNorm } from './group-norm.js';
import { LayerNorm } from './layer-norm.js';
import { Linear } from './linear.js';
import { upsampleNearest } from './upsample-nearest.js';
import '../training/index.js';

interface LayerFixture {
  x: FixtureTensor;
  y: FixtureTensor;
  dy: FixtureTensor;
  dx: FixtureTensor | null;
  weights: Record<string, FixtureTensor>;
  gradients: Record<string, FixtureTensor>;
}

interface QuantizerFixture {
  table: FixtureTensor;
  z: FixtureTensor;
  dy: FixtureTensor;
  indices: FixtureTensor;
  quantized: FixtureTensor;
  loss: number;
  dz: FixtureTensor;
  dtable: FixtureTensor;
}

interface Fixtures {
  layers: Record<string, LayerFixture>;
  quantizer: Record<'legacy' | 'commitment', QuantizerFixture>;
}

type Layer = Module & { forward(x: tf.Tensor): tf.Tensor };

class FunctionLayer extends Module {
  readonly forward: (x: tf.Tensor) => tf.Tensor;

  constructor(forward: (x: tf.Tensor) => tf.Tensor) {
    super();
    this.forward = forward;
  }
}

class Downsample extends Module {
  readonly conv: Conv2d;

  constructor() {
    super();
    const padding = { top: 0, bottom: 1, left: 0, right: 1 };
    this.conv = new Conv2d(3, 3, { random, stride: 2, padding });
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.conv.forward(x);
  }
}

class BatchNormInTraining extends BatchNorm2d {
  override forward(x: tf.Tensor4D): tf.Tensor4D {
    return super.forward(x, { training: true });
  }
}

const random = new Random(0);

const layers: Record<string, () => unknown> = {
  linear: () => new Linear(5, 4, { random }),
  'linear without bias': () => new Linear(5, 4, { random, bias: false }),
  'conv2d 3x3': () => new Conv2d(3, 5, { random, padding: 1 }),
  'conv2d 1x1 without bias': () => new Conv2d(3, 5, { random, kernelSize: 1, bias: false }),
  'conv2d 4x4 stride 2': () => new Conv2d(2, 3, { random, kernelSize: 4, stride: 2, padding: 1 }),
  downsample: () => new Downsample(),
  upsample: () => new FunctionLayer((x) => upsampleNearest(x as tf.Tensor4D)),
  'group norm': () => new GroupNorm(12, { groups: 4 }),
  'layer norm': () => new LayerNorm(6, { epsilon: 1e-6 }),
  'layer norm 1e-5': () => new LayerNorm(6),
  swish: () => new FunctionLayer(swish),
  gelu: () => new FunctionLayer(gelu),
  embedding: () => new Embedding(6, 3, { random }),
  'self-attention': () => new FunctionLayer((x) => selfAttention(x, 2)),
  'attention block': () => new AttentionBlock(8, 2, random),
  'residual block': () => new ResidualBlock(4, 4, 2, random),
  'residual block, wider': () => new ResidualBlock(4, 6, 2, random),
  'average pool': () => new FunctionLayer((x) => averagePool(x as tf.Tensor4D)),
  'maskgit block, wider': () => new MaskgitResidualBlock(4, 6, 2, random),
  'batch norm': () => new BatchNorm2d(5),
  'batch norm, training': () => new BatchNormInTraining(5),
};

const isPicture = ({ shape }: FixtureTensor) => shape.length === 4;

/** Pictures are NCHW in PyTorch and NHWC here. */
function toTensor(fixture: FixtureTensor, dtype: 'float32' | 'int32' = 'float32'): tf.Tensor {
  if (isPicture(fixture)) return picture(fixture);
  const { shape, data } = stateTensor(fixture);
  return tf.tensor(data, [...shape], dtype);
}

function valuesOf(tensor: tf.Tensor): ArrayLike<number> {
  return tensor.rank === 4 ? picturesOf(tensor as tf.Tensor4D) : tensor.dataSync();
}

/**
 * Compares the forward pass and every gradient of each layer with PyTorch's, on the current backend:
 * within 2e-5 of the largest reference, gradients within 1e-4.
 */
export function describeLayers(): void {
  const fixtures = readFixture<Fixtures>('layers.json');
  Object.assign(fixtures.layers, readFixture<Pick<Fixtures, 'layers'>>('adversarial.json').layers);

  it('has a layer for every fixture', () => {
    expect(Object.keys(layers)).toEqual(Object.keys(fixtures.layers));
  });

  it.each(Object.keys(layers))('%s', (name) => {
    const fixture = fixtures.layers[name];
    const before = tf.memory().numTensors;
    const layer = layers[name]() as Layer;
    layer.loadStateDict(
      Object.fromEntries(Object.entries(fixture.weights).map(([key, weight]) => [key, stateTensor(weight)])),
    );
    const x = toTensor(fixture.x, fixture.dx ? 'float32' : 'int32');
    const dy = toTensor(fixture.dy);
    const y = tf.tidy(() => layer.forward(x));
    expectClose(valuesOf(y), fixture.y.data, 2e-5);

    const score = (input: tf.Tensor) => tf.sum(tf.mul(layer.forward(input), dy)) as tf.Scalar;
    if (fixture.dx) {
      const dx = tf.tidy(() => tf.grad(score)(x));
      expectClose(valuesOf(dx), fixture.dx.data, 1e-4);
      dx.dispose();
    }
    const parameters = layer.trainableParameters();
    if (parameters.size > 0) {
      const { value, gradients } = valueAndGradients(() => score(x), parameters);
      // A key's bias has no gradient but rounding.
      const largest = Math.max(...Object.values(fixture.gradients).flatMap(({ data }) => data.map(Math.abs)));
      for (const [key, parameter] of parameters) {
        const gradient = gradients.get(key)!;
        const inFile = toFile(gradient.dataSync() as Float32Array, parameter.shape, parameter.layout);
        expectClose(inFile, fixture.gradients[key].data, 1e-4, largest / 100);
        gradient.dispose();
      }
      value.dispose();
    }
    tf.dispose([x, dy, y]);
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  // Beside the largest reference, 80, an error near zero would not show.
  it.each(['swish', 'gelu'])('%s, value by value', (name) => {
    const { x, y, dy, dx } = fixtures.layers[name];
    const layer = layers[name]() as Layer;
    const pairs = tf.tidy(() => {
      const [ours, slope] = [layer.forward(toTensor(x)), tf.grad((t) => layer.forward(t))(toTensor(x))];
      return [
        [Array.from(ours.dataSync()), y.data],
        [Array.from(tf.mul(slope, toTensor(dy)).dataSync()), dx!.data],
      ];
    });
    for (const [ours, reference] of pairs) {
      reference.forEach((value, i) => {
        expect(Math.abs(ours[i] - value)).toBeLessThanOrEqual(2e-6 + 1e-5 * Math.abs(value));
      });
    }
  });

  describe.each(['legacy', 'commitment'] as const)('vector quantizer, %s loss', (codebookLoss) => {
    it("passes the gradient straight through and has taming's loss", () => {
      const fixture = fixtures.quantizer[codebookLoss];
      const before = tf.memory().numTensors;
      const quantizer = new VectorQuantizer(7, 4, { random });
      quantizer.loadStateDict({ 'embedding.weight': stateTensor(fixture.table) });
      const z = toTensor(fixture.z) as tf.Tensor4D;
      const dy = toTensor(fixture.dy);
      const { quantized, indices, loss } = tf.tidy(() => ({ ...quantizer.forward(z, { codebookLoss }) }));
      expect([...indices.dataSync()]).toEqual(fixture.indices.data);
      expect(indices.dtype).toBe('int32');
      expectClose(valuesOf(quantized), fixture.quantized.data, 1e-6);
      expectClose(loss.dataSync(), [fixture.loss], 1e-5);
      const score = (input: tf.Tensor) => {
        const result = quantizer.forward(input as tf.Tensor4D, { codebookLoss });
        return tf.add(tf.sum(tf.mul(result.quantized, dy)), tf.mul(result.loss, 3)) as tf.Scalar;
      };
      const dz = tf.tidy(() => tf.grad(score)(z));
      expectClose(valuesOf(dz), fixture.dz.data, 1e-5);
      // By the commitment loss alone the table has no gradient; TensorFlow.js wants it to be reached.
      const table = quantizer.embedding.weight;
      const reached = () => tf.add(score(z), tf.mul(tf.sum(table.value), 0)) as tf.Scalar;
      const { value, gradients } = valueAndGradients(reached, quantizer.namedParameters());
      expectClose(gradients.get('embedding.weight')!.dataSync(), fixture.dtable.data, 1e-5);
      tf.dispose([quantized, indices, loss, z, dy, dz, value, ...gradients.values()]);
      quantizer.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}
