import { ConfigurationError, positionsOf, type TokenField, validateFields } from '@visual-echoes/core';

/** What a `MaskedTransformer` is made of; plain JSON. */
export interface MaskedTransformerConfiguration {
  /** The token fields, in the order in which they follow the class token. */
  fields: readonly TokenField[];
  /** Width, blocks and heads of the encoder. */
  embedDim: number;
  depth: number;
  numHeads: number;
  /** Width, blocks and heads of the decoder. */
  decoderEmbedDim: number;
  decoderDepth: number;
  decoderNumHeads: number;
  /** Width of a block's hidden layer over its own; 4. */
  mlpRatio?: number;
  /** Share of the embeddings' values that training sets to zero; 0.1. */
  dropout?: number;
  /** The same at the end of both branches of every block; 0. (MAGE has 0.1 there and in the attention.) */
  blockDropout?: number;
  /**
   * What the decoder reads where a position is dropped or masked: one learned embedding (the paper's figure 1, the
   * default), or the encoder's output at the class token (MAGE).
   */
  padding?: 'learned' | 'class-token';
  /** Rows of the word table; by default one for each field's each code, the class token and the mask token. */
  vocabularySize?: number;
  /** Row of the class token; by default the first after the codes. */
  classToken?: number;
  /** Row of the mask token; by default the second after the codes. */
  maskToken?: number;
}

/** Where one field lies in the sequence and in the word table. */
export interface FieldLayout extends TokenField {
  /** Its first position, the class token's being 0, and how many there are. */
  readonly start: number;
  readonly positions: number;
  /** The row of its code 0 in the word table. */
  readonly offset: number;
}

/** A configuration with every default filled in. */
export type ResolvedConfiguration = Required<MaskedTransformerConfiguration>;

/** Fills the defaults in. @throws ConfigurationError that names the value and what it may be. */
export function resolveConfiguration(given: MaskedTransformerConfiguration): ResolvedConfiguration {
  validateFields(given.fields);
  const codes = given.fields.reduce((sum, field) => sum + field.vocabulary, 0);
  const resolved: ResolvedConfiguration = {
    mlpRatio: 4,
    dropout: 0.1,
    blockDropout: 0,
    padding: 'learned',
    vocabularySize: codes + 2,
    classToken: codes,
    maskToken: codes + 1,
    ...withoutUndefined(given),
  };
  const { embedDim, numHeads, decoderEmbedDim, decoderNumHeads, vocabularySize, classToken, maskToken } =
    resolved;
  const counts = { embedDim, numHeads, decoderEmbedDim, decoderNumHeads, vocabularySize };
  for (const [name, value] of [...Object.entries(counts), ['depth', resolved.depth + 1] as const]) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ConfigurationError(`${name} is ${value}; it must be a whole number of at least 1.`);
    }
  }
  if (!Number.isSafeInteger(resolved.decoderDepth) || resolved.decoderDepth < 0) {
    throw new ConfigurationError(`decoderDepth is ${resolved.decoderDepth}; it must be a whole number.`);
  }
  if (embedDim % numHeads !== 0 || decoderEmbedDim % decoderNumHeads !== 0) {
    throw new ConfigurationError(
      `Widths ${embedDim} and ${decoderEmbedDim} must be multiples of their heads, ${numHeads} and ${decoderNumHeads}.`,
    );
  }
  for (const [name, row] of Object.entries({ classToken, maskToken })) {
    if (!Number.isSafeInteger(row) || row < codes || row >= vocabularySize) {
      throw new ConfigurationError(
        `${name} is row ${row} of the word table; it must lie after the ${codes} codes and before vocabularySize ${vocabularySize}.`,
      );
    }
  }
  if (classToken === maskToken) {
    throw new ConfigurationError(`classToken and maskToken are both row ${maskToken}; give each its own.`);
  }
  if (resolved.padding !== 'learned' && resolved.padding !== 'class-token') {
    throw new ConfigurationError(`padding is "${resolved.padding}"; use "learned" or "class-token".`);
  }
  for (const name of ['dropout', 'blockDropout'] as const) {
    if (!(resolved[name] >= 0 && resolved[name] < 1)) {
      throw new ConfigurationError(`${name} is ${resolved[name]}; it must be at least 0 and below 1.`);
    }
  }
  return resolved;
}

/** Places the fields one after the other behind the class token, and their codes in the word table. */
export function layOut(fields: readonly TokenField[]): FieldLayout[] {
  let start = 1;
  let offset = 0;
  return fields.map((field) => {
    const layout = { ...field, start, positions: positionsOf(field), offset };
    start += layout.positions;
    offset += field.vocabulary;
    return layout;
  });
}

/** The sizes by which MAGE's constructor is called. */
export interface MageConfiguration {
  embed_dim: number;
  depth: number;
  num_heads: number;
  decoder_embed_dim: number;
  decoder_depth: number;
  decoder_num_heads: number;
  mlp_ratio?: number;
  codebook_size: number;
  mask_token_label: number;
  fake_class_label: number;
  vocab_size: number;
  tokens: number;
}

/** The configuration of a published MAGE, which has one field, named `image`, and pads with the class token. */
export function fromMageConfiguration(mage: MageConfiguration): MaskedTransformerConfiguration {
  const side = Math.sqrt(mage.tokens);
  const grid = Number.isInteger(side) ? ([side, side] as const) : ([1, mage.tokens] as const);
  return {
    fields: [{ name: 'image', grid, vocabulary: mage.codebook_size }],
    embedDim: mage.embed_dim,
    depth: mage.depth,
    numHeads: mage.num_heads,
    decoderEmbedDim: mage.decoder_embed_dim,
    decoderDepth: mage.decoder_depth,
    decoderNumHeads: mage.decoder_num_heads,
    mlpRatio: mage.mlp_ratio ?? 4,
    padding: 'class-token',
    vocabularySize: mage.vocab_size,
    classToken: mage.fake_class_label,
    maskToken: mage.mask_token_label,
  };
}

/** Widths of the encoders of MAGE base and large, and their heads; their decoders have 16. */
const PUBLISHED_HEADS: Record<number, number> = { 768: 12, 1024: 16 };

/**
 * The sizes of MAGE base or large from their weights, which show all but the heads and the rows of the word table.
 * @throws ConfigurationError where a size is not that of a published model.
 */
export function inferMageConfiguration(
  tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): MageConfiguration {
  const shape = (name: string): readonly number[] => {
    const tensor = tensors.get(name);
    if (tensor) return tensor.shape;
    throw new ConfigurationError(
      `The checkpoint is not of MAGE: it has no ${name}. Name its configuration file.`,
    );
  };
  const blocks = (prefix: string) => {
    let count = 0;
    while (tensors.has(`${prefix}.${count}.norm1.weight`)) count++;
    return count;
  };
  const [vocab_size, embed_dim] = shape('token_emb.word_embeddings.weight');
  const [decoder_embed_dim] = shape('decoder_norm.weight');
  if (vocab_size !== 2025 || !PUBLISHED_HEADS[embed_dim]) {
    throw new ConfigurationError(
      `A MAGE of ${vocab_size} words and width ${embed_dim} is none of the published; name its configuration file.`,
    );
  }
  return {
    embed_dim,
    depth: blocks('blocks'),
    num_heads: PUBLISHED_HEADS[embed_dim],
    decoder_embed_dim,
    decoder_depth: blocks('decoder_blocks'),
    decoder_num_heads: 16,
    mlp_ratio: shape('blocks.0.mlp.fc1.weight')[0] / embed_dim,
    codebook_size: 1024,
    mask_token_label: 2024,
    fake_class_label: 1100,
    vocab_size,
    tokens: shape('token_emb.position_embeddings.weight')[0] - 1,
  };
}

const withoutUndefined = <T extends object>(given: T) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
