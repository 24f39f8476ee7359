import { type Canvas, ConfigurationError, Random } from '@visual-echoes/core';
import { fieldLosses } from './field-losses.js';
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
function losses(
  model: Pick<MaskedTransformer, 'fields' | 'loss'>,
  canvases: readonly Canvas[],
  condition: string,
  batchSize: number,
): Promise<Record<string, number>> {
  const fields = fieldsOf(model.fields, canvases);
  const tokens = concatTokens(fields, canvases);
  const masked = new Uint8Array(tokens.length);
  let at = 0;
  for (const canvas of canvases) {
    for (const { name } of fields) {
      const end = at + canvas[name].length;
      masked.fill(name === condition ? 0 : 1, at, end);
      at = end;
    }
  }
  const batch: MaskedBatch = {
    size: canvases.length,
    fields: fields.map(({ name }) => name),
    tokens,
    masked,
    dropped: new Uint8Array(tokens.length),
    weights: {},
  };
  return fieldLosses(model, batch, { batchSize });
}
