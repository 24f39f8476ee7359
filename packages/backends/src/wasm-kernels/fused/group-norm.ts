import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type NativeInstance, nativeInstance } from '../simd/native-instance.js';
import type { WasmKernel } from '../wasm-backend.js';

/** Parts of the pixels whose sums are added up in double precision. */
const PARTS = 32;

/** One sample [P, C] in the heap, and the areas that its passes use. */
class Sample {
  constructor(
    private readonly instance: NativeInstance,
    private readonly pixels: number,
    private readonly channels: number,
    private readonly groups: number,
  ) {}

  /** Sums of channels that `pass(from, to)` adds into the area of `PARTS` rows, [C]. */
  sums(area: number, pass: (into: number, from: number, to: number) => void): Float64Array {
    const { pixels, channels, instance } = this;
    const parts = Math.min(PARTS, pixels);
    instance.floats(area, parts * channels).fill(0);
    for (let part = 0; part < parts; part++) {
      const bound = (i: number) => Math.floor((i * pixels) / parts);
      pass(area + part * channels * 4, bound(part), bound(part + 1));
    }
    const total = new Float64Array(channels);
    instance.floats(area, parts * channels).forEach((value, i) => {
      total[i % channels] += value;
    });
    return total;
  }

  /** Sums [C] → the mean over each group, for every channel of it, at `into` [C]. */
  spreadMeans(sums: Float64Array, into: number, change: (mean: number) => number = (mean) => mean): void {
    const { channels, groups, pixels, instance } = this;
    const width = channels / groups;
    const out = instance.floats(into, channels);
    for (let first = 0; first < channels; first += width) {
      const total = sums.subarray(first, first + width).reduce((sum, x) => sum + x, 0);
      out.fill(change(total / (width * pixels)), first, first + width);
    }
  }

  /** The groups' means, and one over their standard deviations, at `mean` and `inverse` [C]. */
  moments(x: number, area: number, mean: number, inverse: number, epsilon: number): void {
    const { channels, instance } = this;
    const sumsWith = (means: number) =>
      this.sums(area, (into, from, to) => {
        instance.call('channelSums', x, means, into, channels, from, to);
      });
    this.spreadMeans(sumsWith(0), mean);
    this.spreadMeans(sumsWith(mean), inverse, (variance) => 1 / Math.sqrt(variance + epsilon));
  }
}

interface Attributes {
  groups: number;
  epsilon: number;
  swish: boolean;
}

/** Group normalization and swish in three passes over a sample. */
export const groupNorm: WasmKernel = {
  name: 'GroupNorm',
  create: () => (inputs, attrs, backend) => {
    const { x, weight, bias } = inputs as Record<string, TensorInfo>;
    const { groups, epsilon, swish } = attrs as unknown as Attributes;
    const [B, H, W, C] = x.shape;
    const P = H * W;
    const instance = nativeInstance(backend);
    const y = backend.makeOutput(x.shape, 'float32');
    const [area, mean, inverse] = instance.reserve(PARTS * C, C, C);
    const sample = new Sample(instance, P, C, groups);
    const parameters = [mean, inverse, instance.address(weight), instance.address(bias)];
    for (let b = 0; b < B; b++) {
      const offset = b * P * C * 4;
      const from = instance.address(x) + offset;
      sample.moments(from, area, mean, inverse, epsilon);
      instance.call('groupNorm', from, ...parameters, instance.address(y) + offset, C, Number(swish), 0, P);
    }
    return y;
  },
};

export const groupNormGrad: WasmKernel = {
  name: 'GroupNormGrad',
  create: () => (inputs, attrs, backend) => {
    const { x, weight, bias, dy } = inputs as Record<string, TensorInfo>;
    const { groups, epsilon, swish } = attrs as unknown as Attributes;
    const [B, H, W, C] = x.shape;
    const P = H * W;
    const instance = nativeInstance(backend);
    const dx = backend.makeOutput(x.shape, 'float32');
    const dWeight = backend.makeOutput([C], 'float32');
    const dBias = backend.makeOutput([C], 'float32');
    const [area, mean, inverse, through, along] = instance.reserve(2 * PARTS * C, C, C, C, C);
    const sample = new Sample(instance, P, C, groups);
    const parameters = [mean, inverse, instance.address(weight), instance.address(bias)];
    const weights = () => instance.floats(instance.address(weight), C);
    const totals = { bias: new Float64Array(C), weight: new Float64Array(C) };
    for (let b = 0; b < B; b++) {
      const offset = b * P * C * 4;
      const from = instance.address(x) + offset;
      const slope = instance.address(dy) + offset;
      sample.moments(from, area, mean, inverse, epsilon);
      const products = area + PARTS * C * 4;
      instance.floats(products, PARTS * C).fill(0);
      const slopes = sample.sums(area, (into, first, last) => {
        const ofWeight = into + PARTS * C * 4;
        instance.call(
          'groupNormGradSums',
          from,
          slope,
          ...parameters,
          into,
          ofWeight,
          C,
          Number(swish),
          first,
          last,
        );
      });
      const byWeight = new Float64Array(C);
      instance.floats(products, PARTS * C).forEach((value, i) => {
        byWeight[i % C] += value;
      });
      const scales = weights();
      sample.spreadMeans(
        slopes.map((value, i) => value * scales[i]),
        through,
      );
      sample.spreadMeans(
        byWeight.map((value, i) => value * scales[i]),
        along,
      );
      const to = instance.address(dx) + offset;
      instance.call('groupNormGrad', from, slope, ...parameters, through, along, to, C, Number(swish), 0, P);
      slopes.forEach((value, i) => {
        totals.bias[i] += value;
        totals.weight[i] += byWeight[i];
      });
    }
    instance.floats(instance.address(dWeight), C).set(totals.weight);
    instance.floats(instance.address(dBias), C).set(totals.bias);
    return [dx, dWeight, dBias];
  },
};
