import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type NativeInstance, nativeInstance } from '../simd/native-instance.js';
import type { WasmKernel } from '../wasm-backend.js';
import { addUp, PARTS } from './parts.js';

/** One sample [P, C] in the heap, and the areas that its passes use. */
class Sample {
  constructor(
    private readonly instance: NativeInstance,
    private readonly pixels: number,
    private readonly channels: number,
    private readonly groups: number,
  ) {}

  /** Sums over the pixels of each channel [C], which the function adds into areas of `PARTS` rows; one for each area. */
  sums(
    areas: readonly number[],
    name: string,
    args: readonly number[],
    more: readonly number[],
  ): Float64Array[] {
    const { pixels, channels, instance } = this;
    const parts = Math.min(PARTS, pixels);
    for (const area of areas) instance.floats(area, parts * channels).fill(0);
    const perPiece = areas.map((value) => ({ value, perPiece: channels * 4 }));
    instance.run(name, [...args, ...perPiece, channels, ...more], pixels, parts);
    return areas.map((area) => addUp(instance.floats(area, parts * channels), channels));
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
    const [sums] = this.sums([area], 'channelSums', [x, 0], []);
    this.spreadMeans(sums, mean);
    const [squares] = this.sums([area], 'channelSums', [x, mean], []);
    this.spreadMeans(squares, inverse, (variance) => 1 / Math.sqrt(variance + epsilon));
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
      instance.run('groupNorm', [from, ...parameters, instance.address(y) + offset, C, Number(swish)], P);
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
      const areas = [area, area + PARTS * C * 4];
      const [slopes, byWeight] = sample.sums(
        areas,
        'groupNormGradSums',
        [from, slope, ...parameters],
        [Number(swish)],
      );
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
      instance.run('groupNormGrad', [from, slope, ...parameters, through, along, to, C, Number(swish)], P);
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
