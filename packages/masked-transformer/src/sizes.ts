import type { MaskedTransformerConfiguration } from './configuration.js';

/** A configuration without its fields, which are the data's. */
export type TransformerSize = Omit<MaskedTransformerConfiguration, 'fields'>;

const size = (
  width: number,
  [depth, decoderDepth]: readonly [encoder: number, decoder: number],
  [numHeads, decoderNumHeads]: readonly [encoder: number, decoder: number],
): TransformerSize => ({
  embedDim: width,
  depth,
  numHeads,
  decoderEmbedDim: width,
  decoderDepth,
  decoderNumHeads,
});

/**
 * Sizes by name, with their weights over the paper's fields of 16×16 and 5×53 tokens of 1024 codes:
 * `paper` is MAGE base (mage/models_mage.py, `mage_vit_base_patch16`), 145 M; `medium` 27 M, for one small GPU;
 * `small` 5 M, for trials on a CPU.
 *
 * @example
 * const model = new MaskedTransformer({ ...transformerSizes.medium, fields });
 */
export const transformerSizes = {
  paper: size(768, [12, 8], [12, 16]),
  medium: size(512, [4, 4], [8, 8]),
  small: size(256, [3, 2], [4, 4]),
} as const satisfies Record<string, TransformerSize>;
