import { confidenceInterval, featureStatistics, frechetDistance, meanInterval } from '@visual-echoes/metrics';
import { type AblationPlan, pointsOf } from './ablation-plan.js';
import type { Measurement } from './measurement.js';
import type { Direction, Point, PointSettings } from './point-settings.js';

/** What the samples of a point are worth. */
export interface AblationPoint {
  direction: Direction;
  settings: PointSettings;
  correct: number;
  total: number;
  /** correct / total, with Wilson's 95 % interval. */
  accuracy: number;
  accuracyLow: number;
  accuracyHigh: number;
  /** Of the samples of all seeds together, with Student's 95 % interval by the spread over the seeds. */
  frechet: number;
  frechetLow: number;
  frechetHigh: number;
  /** Of each seed's samples alone: higher, since a distance of fewer samples is. */
  frechetSeeds: number[];
}

/** The data behind a figure; the same for the same model, settings and engine. */
export interface AblationData {
  kind: 'ablation';
  ablation: AblationPlan['ablation'];
  axes: AblationPlan['axes'];
  /** Name and hash of each model. */
  models: { value?: string; name: string; hash: string }[];
  part: AblationPlan['part'];
  sampling: AblationPlan['sampling'];
  fixed: PointSettings;
  /** The model's own settings of the axes, of each direction. */
  defaults: Partial<Record<Direction, PointSettings>>;
  seeds: number;
  samplesOfASeed: number;
  engine: string;
  /** How far real data of the training part are from those that the samples are compared with, and how many are named right. */
  real: Partial<Record<Direction, { accuracy: number; frechet: number }>>;
  points: AblationPoint[];
}

/** Measurements by point, and those of real data. */
export interface Measured {
  of: (point: Point) => Promise<Measurement>;
  real: (direction: Direction) => Promise<{ whole: Measurement; training: Measurement }>;
}

/** Draws the measurements of a plan together. */
export async function ablationData(
  plan: AblationPlan,
  about: Pick<AblationData, 'models' | 'defaults'>,
  { of, real }: Measured,
): Promise<AblationData> {
  const points: AblationPoint[] = [];
  const ceilings: AblationData['real'] = {};
  const engines = new Set<string>();
  for (const direction of plan.directions) {
    const { whole, training } = await real(direction);
    const target = statistics([whole]);
    ceilings[direction] = {
      accuracy: whole.correct / whole.total,
      frechet: frechetDistance(statistics([training]), target),
    };
    for (const settings of plan.grid) {
      const own = await Promise.all(
        pointsOf({ ...plan, directions: [direction], grid: [settings] }).map((point) => of(point)),
      );
      for (const { engine } of own) engines.add(engine);
      const correct = sum(own.map((one) => one.correct));
      const total = sum(own.map((one) => one.total));
      const wilson = confidenceInterval(correct, total);
      const frechet = frechetDistance(statistics(own), target);
      const frechetSeeds = own.map((one) => frechetDistance(statistics([one]), target));
      const spread = meanInterval(frechetSeeds);
      const half = (spread.high - spread.low) / 2;
      points.push({
        direction,
        settings,
        correct,
        total,
        accuracy: correct / total,
        accuracyLow: wilson.low,
        accuracyHigh: wilson.high,
        frechet,
        frechetLow: Math.max(0, frechet - half),
        frechetHigh: frechet + half,
        frechetSeeds,
      });
    }
  }
  const { ablation, axes, part, sampling, fixed, seeds, samples } = plan;
  return {
    kind: 'ablation',
    ablation,
    axes,
    ...about,
    part,
    sampling,
    fixed,
    seeds,
    samplesOfASeed: samples,
    engine: [...engines].sort().join(', '),
    real: ceilings,
    points,
  };
}

function statistics(measurements: readonly Measurement[]) {
  const [{ dimension }] = measurements;
  const all = measurements.map(({ features }) =>
    featureStatistics(features, [features.length / dimension, dimension]),
  );
  if (all.length === 1) return all[0];
  const together = Float32Array.from(measurements.flatMap(({ features }) => [...features]));
  return featureStatistics(together, [together.length / dimension, dimension]);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The points as CSV with a header (RFC 4180, in lines that end in \n). */
export function ablationCsv({ axes, points }: Pick<AblationData, 'axes' | 'points'>): string {
  const header = [
    'direction',
    ...axes,
    'samples',
    'correct',
    'accuracy',
    'accuracy_low',
    'accuracy_high',
    'frechet',
    'frechet_low',
    'frechet_high',
  ];
  const lines = points.map((point) =>
    [
      point.direction,
      ...axes.map((axis) => quoted(String(point.settings[axis]))),
      point.total,
      point.correct,
      point.accuracy,
      point.accuracyLow,
      point.accuracyHigh,
      point.frechet,
      point.frechetLow,
      point.frechetHigh,
    ].join(','),
  );
  return `${[header.join(','), ...lines].join('\n')}\n`;
}

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
