import type { StateDict, VqModelConfiguration } from '@visual-echoes/core';
import { OnnxGraph } from './onnx-graph.js';
import { checkTaming, vqLayers } from './vq-layers.js';

/**
 * The encoder of taming's VQGAN and its codebook as ONNX: `picture` [batch, channels, height, width] in −1..1 → `codes`
 * int64 [batch, rows, columns], the nearest of each vector.
 *
 * @throws ConfigurationError for MaskGIT's.
 */
export function exportVqEncoder(
  configuration: VqModelConfiguration,
  weights: StateDict,
): readonly Uint8Array[] {
  checkTaming(configuration);
  const { ch_mult, num_res_blocks, norm_groups = 32, in_channels } = configuration.ddconfig;
  const graph = new OnnxGraph('VQGAN encoder', weights);
  const { conv, level, middle, last } = vqLayers(graph, norm_groups);

  let x = conv(
    graph.input('picture', 'float', ['batch', in_channels, 'height', 'width']),
    'encoder.conv_in',
    1,
  );
  ch_mult.forEach((_, i) => {
    x = level(x, `encoder.down.${i}`, num_res_blocks);
    if (i === ch_mult.length - 1) return;
    const name = `encoder.down.${i}.downsample.conv`;
    // Zeros at the bottom and right alone.
    x = graph.node('Conv', [x, graph.weight(`${name}.weight`), graph.weight(`${name}.bias`)], {
      pads: [0, 0, 1, 1],
      strides: [2, 2],
    });
  });
  x = conv(last(middle(x, 'encoder.mid'), 'encoder'), 'quant_conv', 0);

  // ‖v − c‖² without ‖v‖², which is the same for all codes.
  const vectors = graph.node('Transpose', [x], { perm: [0, 2, 3, 1] });
  const table = graph.weight('quantize.embedding.weight');
  const across = graph.node('Transpose', [table], { perm: [1, 0] });
  const twice = graph.node('Mul', [graph.node('MatMul', [vectors, across]), graph.scalar(2)]);
  const lengths = graph.node('ReduceSumSquare', [table], { axes: [1], keepdims: 0 });
  const codes = graph.node('ArgMin', [graph.node('Sub', [lengths, twice])], { axis: -1, keepdims: 0 });
  graph.output('codes', codes, ['batch', 'rows', 'columns'], 'int64');
  return graph.parts;
}
