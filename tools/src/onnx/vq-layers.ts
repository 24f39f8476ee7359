import { ConfigurationError, type VqModelConfiguration } from '@visual-echoes/core';
import type { OnnxGraph } from './onnx-graph.js';

/** The parts that the encoder and the decoder of taming's VQGAN share, over [batch, channels, height, width]. */
export function vqLayers(graph: OnnxGraph, groups: number) {
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
  /** The blocks of one resolution, with attention behind those that have it. */
  const level = (x: string, name: string, blocks: number) => {
    let h = x;
    for (let i = 0; i < blocks; i++) {
      h = residual(h, `${name}.block.${i}`);
      if (graph.has(`${name}.attn.${i}.norm.weight`)) h = attention(h, `${name}.attn.${i}`);
    }
    return h;
  };
  const middle = (x: string, name: string) =>
    residual(attention(residual(x, `${name}.block_1`), `${name}.attn_1`), `${name}.block_2`);
  const last = (x: string, name: string) => conv(swish(norm(x, `${name}.norm_out`)), `${name}.conv_out`, 1);
  return { conv, level, middle, last };
}

/** @throws ConfigurationError for MaskGIT's, whose layers are others. */
export function checkTaming({ architecture }: VqModelConfiguration): void {
  if (architecture === 'maskgit') {
    throw new ConfigurationError("MaskGIT's VQGAN cannot be exported to ONNX; taming's can.");
  }
}
