import type { StateDict, VqModelConfiguration } from '@visual-echoes/core';
import { OnnxGraph } from './onnx-graph.js';
import { checkTaming, vqLayers } from './vq-layers.js';

/**
 * The decoder of taming's VQGAN as ONNX: `codes` int64 [batch, rows, columns] → `picture` [batch, channels, height, width].
 *
 * @throws ConfigurationError for MaskGIT's.
 */
export function exportVqDecoder(
  configuration: VqModelConfiguration,
  weights: StateDict,
): readonly Uint8Array[] {
  checkTaming(configuration);
  const { ch_mult, num_res_blocks, norm_groups = 32, out_ch } = configuration.ddconfig;
  const graph = new OnnxGraph('VQGAN decoder', weights);
  const { conv, level, middle, last } = vqLayers(graph, norm_groups);

  const codes = graph.input('codes', 'int64', ['batch', 'rows', 'columns']);
  const vectors = graph.node('Gather', [graph.weight('quantize.embedding.weight'), codes], { axis: 0 });
  let x = graph.node('Transpose', [vectors], { perm: [0, 3, 1, 2] });
  x = conv(conv(x, 'post_quant_conv', 0), 'decoder.conv_in', 1);
  x = middle(x, 'decoder.mid');
  for (let i = ch_mult.length - 1; i >= 0; i--) {
    x = level(x, `decoder.up.${i}`, num_res_blocks + 1);
    if (i === 0) continue;
    const scales = graph.constant(Float32Array.of(1, 1, 2, 2), [4]);
    x = conv(graph.node('Resize', [x, '', scales]), `decoder.up.${i}.upsample.conv`, 1);
  }
  graph.output('picture', last(x, 'decoder'), ['batch', out_ch, 'height', 'width']);
  return graph.parts;
}
