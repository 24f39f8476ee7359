import type { OnnxGraph } from './onnx-graph.js';

/** Attention of queries, keys and values [B, N, 3 · width], side by side → [B, N, width]. */
export function selfAttentionNodes(graph: OnnxGraph, qkv: string, width: number, heads: number): string {
  const size = width / heads;
  const split = graph.node('Reshape', [qkv, graph.ints(0, 0, 3, heads, size)]);
  const thirds = graph.node('Transpose', [split], { perm: [2, 0, 3, 1, 4] }); // [3, B, h, N, d]
  const third = (i: number) =>
    graph.node('Gather', [thirds, graph.constant(BigInt64Array.of(BigInt(i)), [])], { axis: 0 });
  const queries = graph.node('Mul', [third(0), graph.scalar(1 / Math.sqrt(size))]);
  const keys = graph.node('Transpose', [third(1)], { perm: [0, 1, 3, 2] });
  const shares = graph.node('Softmax', [graph.node('MatMul', [queries, keys])], { axis: -1 });
  const mixed = graph.node('Transpose', [graph.node('MatMul', [shares, third(2)])], { perm: [0, 2, 1, 3] });
  return graph.node('Reshape', [mixed, graph.ints(0, 0, width)]);
}
