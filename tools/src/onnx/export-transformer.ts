import type { StateDict } from '@visual-echoes/core';
import { ConfigurationError } from '@visual-echoes/core';
import type { MaskedTransformer } from '@visual-echoes/masked-transformer';
import { OnnxGraph } from './onnx-graph.js';
import { selfAttentionNodes } from './self-attention-nodes.js';

/**
 * A masked transformer as ONNX: `words` int64 [batch, 1 + L], the class token first and the mask's number where a token
 * is unknown (`configuration.classToken`, `maskToken`; a field's codes from its offset on) → the logits of each field,
 * [batch, positions, vocabulary], under its name.
 *
 * @param wanted the fields whose logits are computed.
 * @throws ConfigurationError for one that pads with the class token.
 */
export function exportTransformer(
  model: MaskedTransformer,
  weights: StateDict,
  wanted: readonly string[] = model.fields.map(({ name }) => name),
): readonly Uint8Array[] {
  const { embedDim, decoderEmbedDim, depth, decoderDepth, numHeads, decoderNumHeads, maskToken } =
    model.configuration;
  if (!model.maskToken)
    throw new ConfigurationError('A transformer without a learned padding cannot be exported.');
  const graph = new OnnxGraph('masked transformer', weights);
  const total = 1 + model.length;
  const words = graph.input('words', 'int64', ['batch', total]);

  const norm = (x: string, name: string, epsilon = 1e-6) =>
    graph.node('LayerNormalization', [x, graph.weight(`${name}.weight`), graph.weight(`${name}.bias`)], {
      axis: -1,
      epsilon,
    });
  const linear = (x: string, name: string) => {
    const across = graph.node('Transpose', [graph.weight(`${name}.weight`)], { perm: [1, 0] });
    return graph.node('Add', [graph.node('MatMul', [x, across]), graph.weight(`${name}.bias`)]);
  };
  const gelu = (x: string) => {
    const cumulative = graph.node('Erf', [graph.node('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
    const twice = graph.node('Mul', [x, graph.node('Add', [cumulative, graph.scalar(1)])]);
    return graph.node('Mul', [twice, graph.scalar(0.5)]);
  };
  const attention = (x: string, name: string, width: number, heads: number) =>
    linear(selfAttentionNodes(graph, linear(x, `${name}.qkv`), width, heads), `${name}.proj`);
  const block = (x: string, name: string, width: number, heads: number) => {
    const y = graph.node('Add', [x, attention(norm(x, `${name}.norm1`), `${name}.attn`, width, heads)]);
    const hidden = gelu(linear(norm(y, `${name}.norm2`), `${name}.mlp.fc1`));
    return graph.node('Add', [y, linear(hidden, `${name}.mlp.fc2`)]);
  };

  const table = graph.weight('token_emb.word_embeddings.weight');
  const embedded = graph.node('Add', [
    graph.node('Gather', [table, words], { axis: 0 }),
    graph.weight('token_emb.position_embeddings.weight'),
  ]);
  let x = norm(embedded, 'token_emb.LayerNorm');
  for (let i = 0; i < depth; i++) x = block(x, `blocks.${i}`, embedDim, numHeads);
  x = linear(norm(x, 'norm'), 'decoder_embed');
  const masked = graph.node('Equal', [words, graph.constant(BigInt64Array.of(BigInt(maskToken)), [])]);
  const unknown = graph.node('Unsqueeze', [masked, graph.ints(-1)]);
  x = graph.node('Where', [unknown, graph.weight('mask_token'), x]);
  x = graph.node('Add', [x, graph.weight('decoder_pos_embed_learned')]);
  for (let i = 0; i < decoderDepth; i++)
    x = block(x, `decoder_blocks.${i}`, decoderEmbedDim, decoderNumHeads);

  const slice = (value: string, start: number, count: number, axis: number) =>
    graph.node('Slice', [value, graph.ints(start), graph.ints(start + count), graph.ints(axis)]);
  let row = 1;
  let offset = 0;
  for (const { name, grid, vocabulary } of model.fields) {
    const positions = grid[0] * grid[1];
    if (wanted.includes(name)) {
      const own = norm(slice(x, row, positions, 1), 'decoder_norm');
      const hidden = norm(gelu(linear(own, 'mlm_layer.fc')), 'mlm_layer.ln', 1e-5);
      const codes = graph.node('Transpose', [slice(table, offset, vocabulary, 0)], { perm: [1, 0] });
      const bias = slice(graph.weight('mlm_layer.bias'), offset, vocabulary, 2);
      const logits = graph.node('Add', [graph.node('MatMul', [hidden, codes]), bias]);
      graph.output(name, logits, ['batch', positions, vocabulary]);
    }
    row += positions;
    offset += vocabulary;
  }
  return graph.parts;
}
