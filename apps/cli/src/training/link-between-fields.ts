import { type Canvas, UNKNOWN } from '@visual-echoes/core';
import type { MaskedTransformer } from '@visual-echoes/masked-transformer';

/** Samples a forward pass. */
const BATCH = 64;

/**
 * How much each field knows of another: the loss of a wholly masked field, in nats a token, given another field
 * as it belongs to it, and given another sample's. Every other field is masked too. For a field of one token its
 * accuracy is given as well. Without a link both losses are alike.
 */
export async function linkBetweenFields(
  model: MaskedTransformer,
  canvases: readonly Canvas[],
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const names = model.fields.map(({ name }) => name);
  for (const asked of names) {
    for (const given of names) {
      if (asked === given) continue;
      const right = await lossOf(model, canvases, canvases, asked, given);
      const shuffled = [...canvases.slice(7), ...canvases.slice(0, 7)];
      const wrong = await lossOf(model, canvases, shuffled, asked, given);
      figures[`${given}→${asked}`] = right.loss;
      figures[`${given}→${asked} link`] = wrong.loss - right.loss;
      if (right.accuracy !== undefined) figures[`${given}→${asked} accuracy`] = right.accuracy;
    }
  }
  return figures;
}

async function lossOf(
  model: MaskedTransformer,
  truth: readonly Canvas[],
  conditions: readonly Canvas[],
  asked: string,
  given: string,
): Promise<{ loss: number; accuracy?: number }> {
  const { vocabulary } = model.fields.find(({ name }) => name === asked)!;
  let loss = 0;
  let hits = 0;
  let count = 0;
  for (let start = 0; start < truth.length; start += BATCH) {
    const batch = truth.slice(start, start + BATCH);
    const canvases = batch.map((canvas, i) =>
      Object.fromEntries(
        Object.entries(canvas).map(([name, tokens]) => [
          name,
          name === given ? conditions[start + i][name] : new Int32Array(tokens.length).fill(UNKNOWN),
        ]),
      ),
    );
    const logits = (await model.predict(canvases, { fields: [asked] }))[asked];
    const targets = batch.flatMap((canvas) => [...canvas[asked]]);
    targets.forEach((target, row) => {
      const own = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
      const best = own.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
      const sum = own.reduce((total, value) => total + Math.exp(value - best), 0);
      loss += Math.log(sum) + best - own[target];
      if (own[target] === best) hits++;
      count++;
    });
  }
  const single = truth[0][asked].length === 1;
  return { loss: loss / count, ...(single ? { accuracy: hits / count } : {}) };
}
