import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-backend.js';

type Shape4D = [number, number, number, number];

function convolution(attrs: NamedAttrMap, inputShape: number[], filterShape: number[]) {
  return tf.backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    attrs['strides'] as [number, number] | number,
    1,
    attrs['pad'] as 'same' | 'valid' | number,
    attrs['dimRoundingMode'] as 'floor' | undefined,
    false,
    tf.backend_util.convertConv2DDataFormat((attrs['dataFormat'] as 'NHWC' | undefined) ?? 'NHWC'),
  );
}

/**
 * Gradient of a convolution by its filter [fh, fw, Cin, Cout]; absent from tfjs-backend-wasm.
 *
 * It is itself a convolution: the input with channels and batch exchanged [Cin, H, W, N], by the output's gradient
 * [OH, OW, N, Cout] as the filter, dilated by the stride.
 */
export const conv2dBackpropFilter: WasmKernel = {
  name: 'Conv2DBackpropFilter',
  create: () => (inputs, attrs) =>
    tf.tidy(() => {
      const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
      const filterShape = attrs['filterShape'] as Shape4D;
      const info = convolution(attrs, x.shape, filterShape);
      const [fh, fw, inChannels, outChannels] = filterShape;
      const { strideHeight: sh, strideWidth: sw, outHeight, outWidth, batchSize } = info;
      if (fh === 1 && fw === 1 && sh === 1 && sw === 1) {
        const rows = batchSize * outHeight * outWidth;
        const product = tf.matMul(
          tf.reshape(x, [rows, inChannels]),
          tf.reshape(dy, [rows, outChannels]),
          true,
          false,
        );
        return tf.reshape(product, filterShape);
      }
      const { top, left } = info.padInfo;
      const reach = (out: number, stride: number, filter: number) => (out - 1) * stride + filter;
      const bottom = Math.max(0, reach(outHeight, sh, fh) - info.inHeight - top);
      const right = Math.max(0, reach(outWidth, sw, fw) - info.inWidth - left);
      const padded = tf.pad(x, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
      const images = tf.transpose(padded, [3, 1, 2, 0]);
      const filters = tf.transpose(dy, [1, 2, 0, 3]);
      const product = tf.conv2d(images as tf.Tensor4D, filters as tf.Tensor4D, 1, 'valid', 'NHWC', [sh, sw]);
      // Rows of the input that no window reached make the product larger than the filter.
      return tf.transpose(tf.slice(product, [0, 0, 0, 0], [inChannels, fh, fw, outChannels]), [1, 2, 0, 3]);
    }),
};

/**
 * Gradient of a convolution by its input [N, H, W, Cin], also `tf.conv2dTranspose`.
 *
 * tfjs-backend-wasm has a scalar loop. Here it is a plain convolution of the padded gradient by the turned filter;
 * with a stride s, position q·s + r of the input only meets filter taps r, r + s, …, so that one convolution
 * computes all s² phases r as channels, which are then interleaved.
 */
export const conv2dBackpropInput: WasmKernel = {
  name: 'Conv2DBackpropInput',
  create: (original) => (inputs, attrs, backend) => {
    if (attrs['dataFormat'] === 'NCHW') return original!({ inputs, attrs, backend });
    return tf.tidy(() => {
      const { dy, filter } = inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
      const inputShape = attrs['inputShape'] as Shape4D;
      const info = convolution(attrs, inputShape, filter.shape);
      const [fh, fw, inChannels, outChannels] = filter.shape;
      const [batch, height, width] = inputShape;
      const { strideHeight: sh, strideWidth: sw, outHeight, outWidth } = info;
      const { top, left } = info.padInfo;

      if (fh === 1 && fw === 1 && sh === 1 && sw === 1 && top === 0 && left === 0) {
        const rows = tf.reshape(dy, [batch * outHeight * outWidth, outChannels]);
        const weights = tf.reshape(filter, [inChannels, outChannels]);
        return tf.reshape(tf.matMul(rows, weights, false, true), inputShape);
      }

      // Taps as [taps high, taps wide, phases high, phases wide, Cin, Cout], the taps in reversed order.
      const th = Math.ceil(fh / sh);
      const tw = Math.ceil(fw / sw);
      let taps: tf.Tensor = tf.pad(filter, [
        [0, th * sh - fh],
        [0, tw * sw - fw],
        [0, 0],
        [0, 0],
      ]);
      taps = tf.reshape(taps, [th, sh, tw, sw, inChannels * outChannels]);
      taps = tf.reshape(tf.transpose(taps, [0, 2, 1, 3, 4]), [th, tw, sh * sw * inChannels, outChannels]);
      taps = tf.transpose(tf.reverse(taps, [0, 1]), [0, 1, 3, 2]); // [th, tw, Cout, phases · Cin]

      // Rows q of the result are input rows q·s + r − top.
      const rows = Math.ceil((height + top) / sh);
      const columns = Math.ceil((width + left) / sw);
      const usedRows = Math.min(outHeight, rows);
      const usedColumns = Math.min(outWidth, columns);
      const used = tf.slice(dy, [0, 0, 0, 0], [batch, usedRows, usedColumns, outChannels]);
      const padded = tf.pad(used, [
        [0, 0],
        [th - 1, rows - usedRows],
        [tw - 1, columns - usedColumns],
        [0, 0],
      ]);
      const phases = tf.conv2d(padded as tf.Tensor4D, taps as tf.Tensor4D, 1, 'valid');
      const rowsApart = tf.reshape(phases, [batch * rows, columns, sh, sw * inChannels]);
      const interleaved = tf.reshape(tf.transpose(rowsApart, [0, 2, 1, 3]), [
        batch,
        rows * sh,
        columns * sw,
        inChannels,
      ]);
      return tf.slice(interleaved, [0, top, left, 0], inputShape);
    });
  },
};
