import * as tf from '@tensorflow/tfjs-core';
import { positionsOf, UNKNOWN } from '@visual-echoes/core';
import type { MaskedBatch } from './mask-batch.js';
import type { MaskedTransformer } from './masked-transformer.js';
import { splitBatch } from './split-batch.js';

/**
 * The mean loss of each field over all positions that a batch asks, in nats a token, without label smoothing; a field
 * of which nothing is asked is absent. The samples go through the network `batchSize` at a time.
 */
export async function fieldLosses(
  model: Pick<MaskedTransformer, 'fields' | 'loss'>,
  batch: MaskedBatch,
  { batchSize = 64 }: { batchSize?: number } = {},
): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  const counts: Record<string, number> = {};
  for (const part of splitBatch(batch, Math.ceil(batch.size / batchSize))) {
    const names: string[] = [];
    const means = tf.tidy(() => {
      const { metrics } = model.loss(part, { labelSmoothing: 0 });
      names.push(...Object.keys(metrics));
      return tf.stack(Object.values(metrics));
    });
    const values = await means.data();
    means.dispose();
    const asked = askedCounts(model, part);
    names.forEach((name, i) => {
      sums[name] = (sums[name] ?? 0) + values[i] * asked[name];
      counts[name] = (counts[name] ?? 0) + asked[name];
    });
  }
  return Object.fromEntries(Object.keys(sums).map((name) => [name, sums[name] / counts[name]]));
}

/** How many masked positions of each field have a known code. */
function askedCounts(
  { fields }: Pick<MaskedTransformer, 'fields'>,
  { size, fields: names, tokens, masked }: MaskedBatch,
): Record<string, number> {
  const present = fields.filter(({ name }) => !names || names.includes(name));
  const counts = Object.fromEntries(present.map(({ name }) => [name, 0]));
  let i = 0;
  for (let sample = 0; sample < size; sample++) {
    for (const field of present) {
      for (let p = positionsOf(field); p > 0; p--, i++) {
        if (masked[i] && tokens[i] !== UNKNOWN) counts[field.name]++;
      }
    }
  }
  return counts;
}
