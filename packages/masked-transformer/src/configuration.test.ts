import { describe, expect, it } from 'vitest';
import {
  fromMageConfiguration,
  inferMageConfiguration,
  layOut,
  resolveConfiguration,
} from './configuration.js';
import { MaskedTransformer } from './masked-transformer.js';

const fields = [
  { name: 'image', grid: [2, 3], vocabulary: 7 },
  { name: 'label', grid: [1, 1], vocabulary: 3 },
] as const;
const base = {
  fields,
  embedDim: 8,
  depth: 1,
  numHeads: 2,
  decoderEmbedDim: 8,
  decoderDepth: 1,
  decoderNumHeads: 2,
};

describe('configuration', () => {
  it('puts the class and mask tokens after the codes', () => {
    expect(resolveConfiguration(base)).toMatchObject({
      vocabularySize: 12,
      classToken: 10,
      maskToken: 11,
      padding: 'learned',
      mlpRatio: 4,
      dropout: 0.1,
    });
    expect(layOut(fields).map(({ start, positions, offset }) => [start, positions, offset])).toEqual([
      [1, 6, 0],
      [7, 1, 7],
    ]);
  });

  it('survives JSON', () => {
    const resolved = resolveConfiguration(base);
    expect(resolveConfiguration(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  });

  it.each([
    [{ numHeads: 3 }, /multiples of their heads/],
    [{ embedDim: 0 }, /embedDim is 0/],
    [{ classToken: 3 }, /classToken is row 3/],
    [{ maskToken: 10 }, /both row 10/],
    [{ padding: 'none' as never }, /padding is "none"/],
    [{ dropout: 1 }, /dropout is 1/],
    [{ fields: [] }, /No token fields/],
  ])('rejects %o', (wrong, message) => {
    expect(() => resolveConfiguration({ ...base, ...wrong })).toThrow(message);
  });

  it('reads what MAGE is built from', () => {
    const mage = fromMageConfiguration({
      embed_dim: 768,
      depth: 12,
      num_heads: 12,
      decoder_embed_dim: 768,
      decoder_depth: 8,
      decoder_num_heads: 16,
      codebook_size: 1024,
      mask_token_label: 2024,
      fake_class_label: 1100,
      vocab_size: 2025,
      tokens: 256,
    });
    expect(resolveConfiguration(mage)).toMatchObject({
      fields: [{ name: 'image', grid: [16, 16], vocabulary: 1024 }],
      padding: 'class-token',
      vocabularySize: 2025,
      classToken: 1100,
      maskToken: 2024,
    });
  });
});

describe('the published sizes of MAGE', () => {
  const mage = (embed_dim: number, depth: number, num_heads: number) => ({
    embed_dim,
    depth,
    num_heads,
    decoder_embed_dim: embed_dim,
    decoder_depth: 8,
    decoder_num_heads: 16,
    mlp_ratio: 4,
    codebook_size: 1024,
    mask_token_label: 2024,
    fake_class_label: 1100,
    vocab_size: 2025,
    tokens: 256,
  });

  it.each([
    ['base', mage(768, 12, 12), 144_896_745],
    ['large', mage(1024, 24, 16), 407_788_521],
  ])('has the parameters of MAGE %s, and is known by them', (_, sizes, parameters) => {
    const model = new MaskedTransformer(fromMageConfiguration(sizes)); // no weight is made before its first use
    expect(model.parameterCount()).toBe(parameters);
    expect(inferMageConfiguration(model.namedParameters())).toEqual(sizes);
  });

  it('does not guess at others', () => {
    const small = new MaskedTransformer(fromMageConfiguration(mage(64, 1, 1)));
    expect(() => inferMageConfiguration(small.namedParameters())).toThrow(/none of the published/);
    expect(() => inferMageConfiguration(new Map())).toThrow(/not of MAGE: it has no token_emb/);
  });
});
