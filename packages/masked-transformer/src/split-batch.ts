import { ConfigurationError } from '@visual-echoes/core';
import type { MaskedBatch } from './mask-batch.js';

/**
 * Cuts a batch into parts of equally many samples, or one fewer, in their order. Their losses add up to the whole's
 * where each is told of it: `model.loss(part, { whole: batch })`.
 *
 * @throws ConfigurationError where there are more parts than samples.
 *
 * @example
 * const parts = splitBatch(batch, 4);
 * const losses = parts.map((part) => () => model.loss(part, { whole: batch })); // for `descend`
 */
export function splitBatch(batch: MaskedBatch, parts: number): MaskedBatch[] {
  const { size } = batch;
  if (!Number.isSafeInteger(parts) || parts < 1 || parts > size) {
    throw new ConfigurationError(
      `A batch of ${size} samples cannot be cut into ${parts} parts; take a whole number from 1 to ${size}.`,
    );
  }
  if (parts === 1) return [batch];
  const length = batch.tokens.length / size;
  return Array.from({ length: parts }, (_, i) => {
    const from = Math.floor((i * size) / parts);
    const to = Math.floor(((i + 1) * size) / parts);
    const cut = <T extends Int32Array | Uint8Array>(values: T) =>
      values.subarray(from * length, to * length) as T;
    const { tokens, masked, dropped } = batch;
    return { ...batch, size: to - from, tokens: cut(tokens), masked: cut(masked), dropped: cut(dropped) };
  });
}
