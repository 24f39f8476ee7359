import { describe, expect, it } from 'vitest';
import { fromMageConfiguration, layOut, resolveConfiguration } from './configuration.js';

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
