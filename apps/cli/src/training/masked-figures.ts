import { type Canvas, Random } from '@visual-echoes/core';
import {
  fieldLosses,
  type MaskedTransformer,
  maskBatch,
  measureConditionLinks,
} from '@visual-echoes/masked-transformer';

export interface MaskedFiguresOptions {
  /** Shares of masked tokens. */
  ratios: readonly number[];
  batchSize: number;
  seed: number;
}

/**
 * What a transformer has learnt, in nats a token: the loss of each field with a share of all fields masked, by the same
 * masks every time (`image 75 %`), and that of a wholly masked field given the right condition, given another
 * sample's, and the difference (`image→audio`, `… shuffled`, `… link`).
 */
export async function maskedFigures(
  model: MaskedTransformer,
  canvases: readonly Canvas[],
  { ratios, batchSize, seed }: MaskedFiguresOptions,
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const share of ratios) {
    const ratio = { mean: share, standardDeviation: 1, low: share, high: share };
    const random = new Random(seed).fork('masks', share);
    const batch = maskBatch(model.fields, canvases, { ratio, dropShare: 0 }, random);
    for (const [name, loss] of Object.entries(await fieldLosses(model, batch, { batchSize }))) {
      figures[`${name} ${Number((100 * share).toPrecision(3))} %`] = loss;
    }
  }
  const random = new Random(seed).fork('links');
  for (const link of await measureConditionLinks(model, canvases, { batchSize, random })) {
    const name = `${link.given}→${link.asked}`;
    Object.assign(figures, {
      [name]: link.right,
      [`${name} shuffled`]: link.shuffled,
      [`${name} link`]: link.link,
    });
  }
  return figures;
}
