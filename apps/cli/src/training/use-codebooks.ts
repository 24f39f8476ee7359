import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';
import { type MaskedTransformer, similarCodes } from '@visual-echoes/masked-transformer';
import type { Tokenizers } from '../prepare/tokenizers.js';
import type { TransformerTrainingFile } from './training-file.js';

export interface UseCodebooksOptions {
  seed: number;
  /** Whether the word embeddings start from the codebooks. */
  embeddings: boolean;
  similarCodes: TransformerTrainingFile['similarCodes'];
}

/**
 * Gives a transformer what the codebooks of its tokenizers know of codes that are alike.
 * @returns of each field with similar codes, the probabilities that each true code stands for, `[vocabulary, vocabulary]`;
 * the caller disposes of them.
 */
export async function useCodebooks(
  model: MaskedTransformer,
  tokenizers: Tokenizers,
  { seed, embeddings, similarCodes: masses }: UseCodebooksOptions,
): Promise<Record<string, tf.Tensor2D>> {
  const targets: Record<string, tf.Tensor2D> = {};
  for (const name of ['image', 'audio'] as const) {
    const { vocabulary, model: network } = tokenizers[name];
    const codes = (await network.quantize.embedding.weight.data()) as Float32Array;
    if (embeddings) {
      await model.initializeEmbeddings(name, codes, { random: new Random(seed).fork('embeddings', name) });
    }
    const mass = masses[name];
    if (mass) {
      targets[name] = tf.tensor2d(similarCodes(codes, vocabulary, mass), [vocabulary, vocabulary]);
    }
  }
  return targets;
}
