import type { StateDict, VqModelConfiguration } from '@visual-echoes/core';
import { OnnxGraph } from './onnx-graph.js';

/**
 * The decoder of taming's VQGAN as ONNX: `codes` int64 [batch, rows, columns] → `picture` [batch, channels, height, width].
 */
export function exportVqDecoder(
  { ddconfig }: VqModelConfiguration,
  weights: StateDict,
): readonly Uint8Array[] {
  const graph = new OnnxGraph('VQGAN decoder', weights);
  const { ch_mult, num_res_blocks, norm_groups: groups = 32 } = ddconfig;
  const conv = (x: string, name: string, pad: number) =>
    graph.node('Conv', [x, graph.weight(`${name}.weight`), graph.weight(`${name}.bias`)], {
      pads: [pad, pad, pad, pad],
    });
  const swish = (x: string) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]);
  const norm = (x: string, name: string) => {
    const [channels] = graph.shapeOf(`${name}.weight`);
    const ones = (value: number) => graph.constant(new Float32Array(groups).fill(value), [groups]);
    const grouped = graph.node('Reshape', [x, graph.ints(0, groups, -1)]);
    const normal = graph.node('InstanceNormalization', [grouped, ones(1), ones(0)], { epsilon: 1e-6 });
    const back = graph.node('Reshape', [normal, graph.node('Shape', [x])]);
    const perChannel = (weight: string) =>
      graph.node('Reshape', [graph.weight(`${name}.${weight}`), graph.ints(1, channels, 1, 1)]);
    return graph.node('Add', [graph.node('Mul', [back, perChannel('weight')]), perChannel('bias')]);
  };
  const residual = (x: string, name: string) => {
    const hidden = conv(swish(norm(x, `${name}.norm1`)), `${name}.conv1`, 1);
    const out = conv(swish(norm(hidden, `${name}.norm2`)), `${name}.conv2`, 1);
    const shortcut = `${name}.nin_shortcut`;
    return graph.node('Add', [graph.has(`${shortcut}.weight`) ? conv(x, shortcut, 0) : x, out]);
  };
  const attention = (x: string, name: string) => {
    const [channels] = graph.shapeOf(`${name}.norm.weight`);
    const normal = norm(x, `${name}.norm`);
    const flat = (layer: string) =>
      graph.node('Reshape', [conv(normal, `${name}.${layer}`, 0), graph.ints(0, channels, -1)]);
    const rows = (value: string) => graph.node('Transpose', [value], { perm: [0, 2, 1] });
    const queries = graph.node('Mul', [rows(flat('q')), graph.scalar(1 / Math.sqrt(channels))]);
    const shares = graph.node('Softmax', [graph.node('MatMul', [queries, flat('k')])], { axis: -1 });
    const mixed = rows(graph.node('MatMul', [shares, rows(flat('v'))]));
    const back = graph.node('Reshape', [mixed, graph.node('Shape', [x])]);
    return graph.node('Add', [x, conv(back, `${name}.proj_out`, 0)]);
  };

  const codes = graph.input('codes', 'int64', ['batch', 'rows', 'columns']);
  const vectors = graph.node('Gather', [graph.weight('quantize.embedding.weight'), codes], { axis: 0 });
  let x = graph.node('Transpose', [vectors], { perm: [0, 3, 1, 2] });
  x = conv(conv(x, 'post_quant_conv', 0), 'decoder.conv_in', 1);
  x = residual(x, 'decoder.mid.block_1');
  x = attention(x, 'decoder.mid.attn_1');
  x = residual(x, 'decoder.mid.block_2');
  for (let level = ch_mult.length - 1; level >= 0; level--) {
    for (let i = 0; i <= num_res_blocks; i++) {
      const name = `decoder.up.${level}`;
      x = residual(x, `${name}.block.${i}`);
      if (graph.has(`${name}.attn.${i}.norm.weight`)) x = attention(x, `${name}.attn.${i}`);
    }
    if (level === 0) continue;
    const scales = graph.constant(Float32Array.of(1, 1, 2, 2), [4]);
    x = conv(graph.node('Resize', [x, '', scales], {}), `decoder.up.${level}.upsample.conv`, 1);
  }
  x = conv(swish(norm(x, 'decoder.norm_out')), 'decoder.conv_out', 1);
  graph.output('picture', x, ['batch', ddconfig.out_ch, 'height', 'width']);
  return graph.parts;
}
