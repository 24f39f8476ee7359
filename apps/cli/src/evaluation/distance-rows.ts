import { featureStatistics, frechetDistance } from '@visual-echoes/metrics';
import type { Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { Features, Medium } from '../features/feature-network.js';
import type { EvaluationContext } from './evaluation-context.js';
import type { EvaluationRow } from './evaluation-row.js';

type Media = readonly (Picture | Waveform)[];

/**
 * The Fréchet distance from `made` to `real` in the features of every network that takes the medium, and beside it that
 * from `training`, real data too.
 */
export async function distanceRows(
  { features }: Pick<EvaluationContext, 'features'>,
  { task, medium }: { task: string; medium: Medium },
  { made, real, training, what }: { made: Media; real: Media; training: Media; what: string },
): Promise<EvaluationRow[]> {
  const rows: EvaluationRow[] = [];
  for (const network of features.filter((one) => one.medium === medium)) {
    const target = await network.embed(real);
    rows.push({
      task,
      measure: `Fréchet distance, features of ${network.name}`,
      value: featureDistance(await network.embed(made), target),
      unit: 'distance',
      reference: { what, value: featureDistance(await network.embed(training), target) },
    });
  }
  return rows;
}

/** The Fréchet distance between two sets of features. */
export function featureDistance(a: Features, b: Features): number {
  const statistics = ({ values, dimension }: Features) =>
    featureStatistics(values, [values.length / dimension, dimension]);
  return frechetDistance(statistics(a), statistics(b));
}
