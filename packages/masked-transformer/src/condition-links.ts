import * as tf from '@tensorflow/tfjs-core';
import { type Canvas, ConfigurationError, Random, UNKNOWN } from '@visual-echoes/core';
import { concatTokens, fieldsOf, type MaskedBatch } from './mask-batch.js';
import type { MaskedTransformer } from './masked-transformer.js';

/** How much one field says about another, as the model has learnt it; in nats a token, without label smoothing. */
export interface ConditionLink {
  given: string;
  asked: string;
  /** The loss of the wholly masked field `asked`, given its own sample's field `given`. */
  right: number;
  /** The same, given another sample's. */
  shuffled: number;
  /** shuffled − right: 0 where the model takes no notice of the condition. */
  link: number;
}

export interface ConditionLinkOptions {
  /** Draws which sample gets whose condition. */
  random?: Random;
  batchSize?: number;
  /** The fields to condition on; all by default. */
  given?: readonly string[];
}

/**
 * Measures, for every pair of fields, what the right condition is worth against a shuffled one. A masked model
 * learns each field by itself long before it learns how they belong together, and its loss does not show that;
 * this does. Everything but the condition is masked, and nothing is dropped.
 */
export async function measureConditionLinks(
  model: Pick<MaskedTransformer, 'fields' | 'loss'>,
  canvases: readonly Canvas[],
  { random = new Random(0), batchSize = 64, given }: ConditionLinkOptions = {},
): Promise<ConditionLink[]> {
  if (canvases.length < 2) {
    throw new ConfigurationError(`${canvases.length} samples cannot be shuffled; give at least two.`);
  }
  const names = fieldsOf(model.fields, canvases).map(({ name }) => name);
  // One cycle through all samples, so that none keeps its own condition.
  const order = random.permutation(canvases.length);
  const other = new Int32Array(canvases.length);
  order.forEach((sample, i) => {
    other[sample] = order[(i + 1) % order.length];
  });
  const links: ConditionLink[] = [];
  for (const condition of given ?? names) {
    const shuffled = canvases.map((canvas, i) => ({ ...canvas, [condition]: canvases[other[i]][condition] }));
    const right = await losses(model, canvases, condition, batchSize);
    const wrong = await losses(model, shuffled, condition, batchSize);
    for (const asked of names) {
      if (asked === condition || right[asked] === undefined) continue;
      links.push({
        given: condition,
        asked,
        right: right[asked],
        shuffled: wrong[asked],
        link: wrong[asked] - right[asked],
      });
    }
  }
  return links;
}

/** The mean loss of each other field over all its known tokens, given `condition` alone. */
async function losses(
  model: Pick<MaskedTransformer, 'fields' | 'loss'>,
  canvases: readonly Canvas[],
  condition: string,
  batchSize: number,
): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  const counts: Record<string, number> = {};
  for (let first = 0; first < canvases.length; first += batchSize) {
    const some = canvases.slice(first, first + batchSize);
    const fields = fieldsOf(model.fields, some);
    const tokens = concatTokens(fields, some);
    const masks = some.flatMap((canvas) =>
      fields.flatMap(({ name }) => Array.from(canvas[name], () => (name === condition ? 0 : 1))),
    );
    const batch: MaskedBatch = {
      size: some.length,
      fields: fields.map(({ name }) => name),
      tokens,
      masked: Uint8Array.from(masks),
      dropped: new Uint8Array(tokens.length),
      weights: {},
    };
    const names: string[] = [];
    const means = tf.tidy(() => {
      const { metrics } = model.loss(batch, { labelSmoothing: 0 });
      names.push(...Object.keys(metrics));
      return tf.stack(Object.values(metrics));
    });
    const values = await means.data();
    means.dispose();
    names.forEach((name, i) => {
      const known = some.reduce((n, canvas) => n + canvas[name].filter((t) => t !== UNKNOWN).length, 0);
      sums[name] = (sums[name] ?? 0) + values[i] * known;
      counts[name] = (counts[name] ?? 0) + known;
    });
  }
  return Object.fromEntries(Object.keys(sums).map((name) => [name, sums[name] / counts[name]]));
}
