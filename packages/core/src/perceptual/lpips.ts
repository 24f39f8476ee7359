import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../errors.js';
import { Conv2d } from '../layers/conv2d.js';
import { Module } from '../module/module.js';
import { Parameter } from '../module/parameter.js';
import type { StateDict } from '../module/state-dict.js';
import { Random } from '../random.js';
import { VGG16_WIDTHS, Vgg16 } from './vgg16.js';

/** Mean and deviation of ImageNet's pictures on the −1..1 scale, as LPIPS rounds them. */
const SHIFT = [-0.03, -0.088, -0.188];
const SCALE = [0.458, 0.448, 0.45];

const buffer = (values: number[]) =>
  new Parameter([1, 3, 1, 1], () => Float32Array.from(values), { trainable: false, optional: true });

/** `[B, H, W, 3]`, −1..1, to the scale that the network was trained on. */
class ScalingLayer extends Module {
  readonly shift = buffer(SHIFT);
  readonly scale = buffer(SCALE);

  forward(x: tf.Tensor4D): tf.Tensor4D {
    const perChannel = (parameter: Parameter) => tf.reshape(parameter.value, [3]);
    return tf.div(tf.sub(x, perChannel(this.shift)), perChannel(this.scale));
  }
}

/** The published 1×1 convolution behind a dropout, which evaluation has not. */
class LinearLayer extends Module {
  readonly model: Conv2d[] = [];

  constructor(channels: number, random: Random) {
    super();
    this.model[1] = new Conv2d(channels, 1, { random, kernelSize: 1, bias: false });
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.model[1].forward(x);
  }
}

/**
 * LPIPS (Zhang et al., 2018) on VGG16, the perceptual loss of taming-transformers: how far two pictures `[B, H, W, 3]`,
 * −1..1, are from each other, `[B]`. The names of its weights are those under `loss.perceptual_loss` in taming's
 * checkpoints; `lpipsState` makes them of torchvision's and LPIPS's own files. No weights come with it.
 *
 * @example
 * const lpips = Lpips.of(vgg16, linear);
 * vqModelLoss(model, pictures, { perceptual: (a, b) => lpips.loss(a, b) });
 */
export class Lpips extends Module {
  readonly scalingLayer = new ScalingLayer();
  readonly net: Vgg16;
  readonly lin0: LinearLayer;
  readonly lin1: LinearLayer;
  readonly lin2: LinearLayer;
  readonly lin3: LinearLayer;
  readonly lin4: LinearLayer;

  /** @param widths channels of VGG16's five levels. */
  constructor({
    widths = VGG16_WIDTHS,
    random = new Random(0),
  }: { widths?: readonly number[]; random?: Random } = {}) {
    super();
    this.net = new Vgg16({ widths, random });
    [this.lin0, this.lin1, this.lin2, this.lin3, this.lin4] = widths.map(
      (channels) => new LinearLayer(channels, random),
    );
  }

  /**
   * The network of torchvision's VGG16 (`features.0.weight` …) and LPIPS's linear layers (`lin0.model.1.weight` …).
   * @throws CheckpointError for tensors that are not theirs.
   */
  static of(vgg16: StateDict, linear: StateDict): Lpips {
    const state = lpipsState(vgg16, linear);
    const widths = [0, 1, 2, 3, 4].map((level) => {
      const tensor = state[`lin${level}.model.1.weight`];
      if (tensor?.shape.length === 4) return tensor.shape[1];
      throw new CheckpointError(
        `LPIPS's linear layers hold lin${level}.model.1.weight, [1, channels, 1, 1]; these tensors are ${Object.keys(linear).slice(0, 3).join(', ') || 'none'}.`,
      );
    });
    const lpips = new Lpips({ widths });
    try {
      lpips.loadStateDict(state);
    } catch (error) {
      lpips.dispose();
      throw error;
    }
    return lpips;
  }

  forward(pictures: tf.Tensor4D, others: tf.Tensor4D): tf.Tensor1D {
    const featuresOf = (x: tf.Tensor4D) => this.net.forward(this.scalingLayer.forward(x));
    const [ours, theirs] = [featuresOf(pictures), featuresOf(others)];
    const linear = [this.lin0, this.lin1, this.lin2, this.lin3, this.lin4];
    const distances = linear.map((layer, level) => {
      const difference = tf.squaredDifference(unitLength(ours[level]), unitLength(theirs[level]));
      return tf.mean(layer.forward(difference as tf.Tensor4D), [1, 2, 3]) as tf.Tensor1D;
    });
    return tf.addN(distances);
  }

  /** The mean over a batch. */
  loss(pictures: tf.Tensor4D, others: tf.Tensor4D): tf.Scalar {
    return tf.mean(this.forward(pictures, others));
  }
}

/** Each position's features at length 1, `[B, h, w, C]`, as LPIPS compares them; the smallest float under the root, since its slope at 0 is not finite. */
export function unitLength(x: tf.Tensor4D): tf.Tensor4D {
  const length = tf.sqrt(tf.add(tf.sum(tf.square(x), 3, true), 1e-20));
  return tf.div(x, tf.add(length, 1e-10));
}

/** `Lpips`'s state from torchvision's VGG16 (`features.0.weight` …) and LPIPS's linear layers (`lin0.model.1.weight` …). */
export function lpipsState(vgg16: StateDict, linear: StateDict): StateDict {
  const state: StateDict = { ...linear };
  for (const [name, tensor] of Object.entries(vgg16)) {
    const [, index, weight] = /^features\.(\d+)\.(\w+)$/.exec(name) ?? [];
    if (index !== undefined) state[`net.${Vgg16.sliceOf(Number(index))}.${index}.${weight}`] = tensor;
  }
  return state;
}
