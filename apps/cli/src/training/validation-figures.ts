import { type Canvas, emptyCanvas } from '@visual-echoes/core';
import { type MaskedTransformer, measureConditionLinks } from '@visual-echoes/masked-transformer';

/**
 * For every pair of fields the loss of the one given the other, and its link: how much worse it is given another
 * sample's; and how often the label is recognized from each of the other fields alone.
 */
export async function validationFigures(
  model: MaskedTransformer,
  canvases: readonly Canvas[],
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const { given, asked, right, link } of await measureConditionLinks(model, canvases)) {
    figures[`${given}→${asked}`] = right;
    figures[`${given}→${asked} link`] = link;
  }
  for (const given of ['image', 'audio'])
    figures[`${given}→label accuracy`] = await recognition(model, canvases, given);
  return figures;
}

async function recognition(
  model: MaskedTransformer,
  canvases: readonly Canvas[],
  given: string,
): Promise<number> {
  const conditions = canvases.map((canvas) => ({ ...emptyCanvas(model.fields), [given]: canvas[given] }));
  const { label } = await model.predict(conditions, { fields: ['label'] });
  const classes = label.length / canvases.length;
  const hits = canvases.filter((canvas, i) => {
    const own = label.subarray(i * classes, (i + 1) * classes);
    return own.indexOf(Math.max(...own)) === canvas['label'][0];
  });
  return hits.length / canvases.length;
}
