import * as tf from '@tensorflow/tfjs-core';
import { hasNativeModules, nativeInstance } from './simd/native-instance.js';
import { sizeOf, type WasmBackend, type WasmKernel } from './wasm-backend.js';

/** Of fewer channels, packing and the edges of tiles cost more than they bring. */
const LEAST_CHANNELS = 32;

/**
 * `tf.conv2d` over our threads and with fused multiply-add, where the filter is not dilated; XNNPACK's has neither.
 */
export const conv2d: WasmKernel = {
  name: 'Conv2D',
  create: (original) => (inputs, attrs, backend) => {
    const { x, filter } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    const info = oursToDo(x, filter, attrs as unknown as ConvAttributes);
    return info ? convolve(backend, x, filter, info) : original!({ inputs, attrs, backend });
  },
};

/** `tf.fused.conv2d`, where no more than a bias follows. */
export const fusedConv2d: WasmKernel = {
  name: 'FusedConv2D',
  create: (original) => (inputs, attrs, backend) => {
    const { x, filter, bias } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo; bias?: tf.TensorInfo };
    const info = oursToDo(x, filter, attrs as unknown as ConvAttributes);
    const plain =
      attrs['activation'] === 'linear' && (bias === undefined || sizeOf(bias.shape) === info?.outChannels);
    if (!info || !plain) return original!({ inputs, attrs, backend });
    const y = convolve(backend, x, filter, info);
    if (bias) {
      const instance = nativeInstance(backend);
      const at = instance.address(y);
      const pixels = info.batchSize * info.outHeight * info.outWidth;
      instance.run('biasGelu', [at, instance.address(bias), at, info.outChannels, 0], pixels);
    }
    return y;
  },
};

/** The sizes of a convolution that ours is faster at, and can do. */
function oursToDo(
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  { strides, pad, dilations, dataFormat, dimRoundingMode }: ConvAttributes,
): tf.backend_util.Conv2DInfo | undefined {
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  if (
    !hasNativeModules() ||
    format !== 'channelsLast' ||
    x.dtype !== 'float32' ||
    filter.dtype !== 'float32'
  ) {
    return undefined;
  }
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  const { dilationHeight, dilationWidth, inChannels, outChannels, batchSize, outHeight, outWidth } = info;
  const fits =
    dilationHeight === 1 &&
    dilationWidth === 1 &&
    Math.min(inChannels, outChannels) >= LEAST_CHANNELS &&
    batchSize * outHeight * outWidth > 0;
  return fits ? info : undefined;
}

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
  // Down the columns where they are long and the filter is one of theirs, as in 1-D convolutions with a dilation.
  const downwards = info.filterWidth === 1 && info.outWidth < info.outHeight;
  const [vertical, horizontal] = downwards ? [across, down] : [down, across];
  const { top, left } = info.padInfo;
  const padding = downwards ? [left, top] : [top, left];
  const rows = [info.inWidth * inChannels, inChannels, info.outWidth * outChannels, outChannels];
  const strides = downwards ? [rows[1], rows[0], rows[3], rows[2]] : rows;

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
  instance.run('convolution', [...addresses, ...sizes, ...steps, ...padding, ...strides], units);
  return y;
}
