import * as tf from '@tensorflow/tfjs-core';
import { hasNativeModules, nativeInstance } from './simd/native-instance.js';
import type { WasmBackend, WasmKernel } from './wasm-backend.js';

/** Of fewer channels, packing and the edges of tiles cost more than they bring. */
const LEAST_CHANNELS = 32;

/**
 * `tf.conv2d` over our threads and with fused multiply-add, where the filter is not dilated; XNNPACK's has neither. A
 * picture of one column, as 1-D convolutions have it, is taken for one of one row.
 */
export const conv2d: WasmKernel = {
  name: 'Conv2D',
  create: (original) => (inputs, attrs, backend) => {
    const { x, filter } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    const { strides, pad, dilations, dataFormat, dimRoundingMode } = attrs as unknown as ConvAttributes;
    const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
    const info = tf.backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filter.shape as [number, number, number, number],
      strides,
      dilations,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    const ours =
      hasNativeModules() &&
      format === 'channelsLast' &&
      info.dilationHeight === 1 &&
      info.dilationWidth === 1 &&
      Math.min(info.inChannels, info.outChannels) >= LEAST_CHANNELS &&
      x.dtype === 'float32' &&
      filter.dtype === 'float32' &&
      info.batchSize * info.outHeight * info.outWidth > 0;
    return ours ? convolve(backend, x, filter, info) : original!({ inputs, attrs, backend });
  },
};

interface ConvAttributes {
  strides: number | [number, number];
  pad: 'valid' | 'same' | number;
  dilations: number | [number, number];
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function convolve(
  backend: WasmBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: tf.backend_util.Conv2DInfo,
): tf.TensorInfo {
  const instance = nativeInstance(backend);
  const { batchSize, inChannels, outChannels } = info;
  const y = backend.makeOutput(info.outShape, 'float32');
  const down = {
    in: info.inHeight,
    out: info.outHeight,
    filter: info.filterHeight,
    stride: info.strideHeight,
  };
  const across = { in: info.inWidth, out: info.outWidth, filter: info.filterWidth, stride: info.strideWidth };
  const column = info.inWidth === 1 && info.filterWidth === 1 && info.outWidth === 1;
  const [vertical, horizontal] = column ? [across, down] : [down, across];
  const padding = column ? [info.padInfo.left, info.padInfo.top] : [info.padInfo.top, info.padInfo.left];

  const depth = info.filterHeight * info.filterWidth * inChannels;
  const panels = instance.call('rightPanels', outChannels);
  const own = instance.call(
    'convolutionScratch',
    inChannels,
    vertical.filter,
    horizontal.filter,
    horizontal.stride,
  );
  const [packed, scratch] = instance.reserve(
    panels * instance.call('packedPanel', depth),
    instance.threads * own,
  );
  const weights = instance.address(filter);
  instance.run('packRight', [weights, outChannels, depth, 1, outChannels, packed], panels);
  const units = instance.call('convolutionUnits', batchSize, vertical.out, horizontal.out);
  const perThread = { value: scratch, perThread: own * 4 };
  const sizes = [vertical.in, horizontal.in, inChannels, vertical.out, horizontal.out, outChannels];
  const steps = [vertical.filter, horizontal.filter, vertical.stride, horizontal.stride];
  const addresses = [instance.address(x), packed, instance.address(y), perThread];
  instance.run('convolution', [...addresses, ...sizes, ...steps, ...padding], units);
  return y;
}
