import { ConfigurationError } from '@visual-echoes/core';
import type { OpenedMedia, OpenedTokens } from './read-dataset.js';

/**
 * A dataset as one of pictures and mel spectrograms.
 * @param use what they are for, as the error says it before them: `a tokenizer is trained on`.
 * @throws ConfigurationError where it holds tokens.
 */
export function expectMedia(dataset: OpenedTokens | OpenedMedia, use: string): OpenedMedia {
  if (dataset.holds === 'media') return dataset;
  throw new ConfigurationError(
    `${dataset.folder} holds tokens, and ${use} pictures and mel spectrograms; name a dataset that visual-echoes prepare made without tokenizers.`,
  );
}
