import * as tf from '@tensorflow/tfjs-core';
import { type Canvas, emptyCanvas, Random } from '@visual-echoes/core';
import { type MaskedTransformer, maskBatch, measureConditionLinks } from '@visual-echoes/masked-transformer';

/**
 * The loss of picture and sound given the other one, their links (how much worse that loss is given another sample's),
 * their loss when half known and given the class, and how often the class is recognized from each alone.
 */
export async function validationFigures(
  model: MaskedTransformer,
  canvases: readonly Canvas[],
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const link of await measureConditionLinks(model, canvases, { given: ['image', 'audio', 'label'] })) {
    if (link.asked !== 'image' && link.asked !== 'audio') continue;
    figures[`${link.given}→${link.asked}`] = link.right;
    figures[`${link.given}→${link.asked} link`] = link.link;
  }
  for (const name of ['image', 'audio']) {
    figures[`half ${name}`] = await halfKnown(model, canvases, name);
    figures[`${name}→label accuracy`] = await recognition(model, canvases, name);
  }
  return figures;
}

/** The loss of a random half of a field's tokens, given the others, the class and the voice; all else is absent. */
async function halfKnown(model: MaskedTransformer, canvases: readonly Canvas[], name: string) {
  const present = canvases.map(({ [name]: tokens, label, voice }) => ({ [name]: tokens, label, voice }));
  const half = { mean: 0.5, standardDeviation: 1, low: 0.5, high: 0.5 };
  const batch = maskBatch(
    model.fields,
    present,
    { ratio: half, dropShare: 0, fields: { label: { visible: 1 }, voice: { visible: 1 } } },
    new Random(0),
  );
  const loss = tf.tidy(() => model.loss(batch, { labelSmoothing: 0 }).metrics[name]);
  const [value] = await loss.data();
  loss.dispose();
  return value;
}

async function recognition(model: MaskedTransformer, canvases: readonly Canvas[], given: string) {
  const asked = emptyCanvas(model.fields.filter(({ name }) => name === 'label' || name === 'voice'));
  const conditions = canvases.map(({ [given]: tokens }) => ({ [given]: tokens, ...asked }));
  const { label } = await model.predict(conditions, { fields: ['label'] });
  const classes = label.length / canvases.length;
  const hits = canvases.filter((canvas, i) => {
    const own = label.subarray(i * classes, (i + 1) * classes);
    return own.indexOf(Math.max(...own)) === canvas['label'][0];
  });
  return hits.length / canvases.length;
}
