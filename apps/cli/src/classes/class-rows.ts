import { featureDistance } from '../evaluation/distance-rows.js';
import { hits, share } from '../evaluation/evaluation-context.js';
import { type EvaluationRow, shareRow } from '../evaluation/evaluation-row.js';
import type { Judgement } from '../evaluation/judge.js';
import { featuresOf } from '../features/classifier-features.js';
import { byChance } from '../retrieval/retrieval-rows.js';
import type { ClassContext } from './class-context.js';
import type { ClassMedium } from './class-medium.js';

/** How many are named right, beside real ones; and of real ones, beside chance; and of every class. */
export async function accuracyRows<Media>(
  { classes, isFirst }: ClassContext,
  medium: ClassMedium<Media>,
  { task, named, wanted }: { task: string; named: Judgement; wanted: readonly number[] },
): Promise<EvaluationRow[]> {
  const real = hits(medium.held.classes, (await medium.judgeHeld()).classes);
  const right = hits(wanted, named.classes);
  const measure = `${medium.verb} right`;
  const held = { what: `of real ${medium.name}s held back`, value: share(real) };
  const ofClass = classes.flatMap((name, i) => {
    const own = right.filter((_, at) => wanted[at] === i);
    if (own.length === 0) return [];
    const reference = { ...held, value: share(real.filter((_, at) => medium.held.classes[at] === i)) };
    const place = {
      task,
      measure: `${measure}: ${name}`,
      ...(Number.isFinite(reference.value) && { reference }),
    };
    return [shareRow(place, own)];
  });
  return [
    shareRow({ task, measure, reference: held }, right),
    ...(isFirst
      ? [
          shareRow(
            { task, measure: `real ${medium.name}s ${measure}`, reference: byChance(classes.length) },
            real,
          ),
        ]
      : []),
    ...ofClass,
  ];
}

/** The Fréchet distance to those held back, beside that of training ones of the same classes. */
export async function classDistanceRow<Media>(
  medium: ClassMedium<Media>,
  { task, named, wanted }: { task: string; named: Judgement; wanted: readonly number[] },
): Promise<EvaluationRow> {
  const held = featuresOf(await medium.judgeHeld(), 'features');
  const training = await medium.judge(await medium.training(wanted));
  return {
    task,
    measure: `Fréchet distance of ${medium.name}s, features of the classifier`,
    value: featureDistance(featuresOf(named, 'features'), held),
    unit: 'distance',
    reference: {
      what: `of training ${medium.name}s of the same classes`,
      value: featureDistance(featuresOf(training, 'features'), held),
    },
  };
}

/** The share of those held back that counts as near to what was trained on. */
const NEAREST = 0.05;

/** How near to what was trained on it is, and how many are nearer than the nearest 5 % of those held back. */
export async function memorisationRows<Media>(
  medium: ClassMedium<Media>,
  { task, made }: { task: string; made: readonly Media[] },
): Promise<EvaluationRow[]> {
  const { name, unit } = medium;
  const held = await medium.nearestOfHeld();
  const bound = [...held].sort((a, b) => a - b)[Math.floor(NEAREST * held.length)];
  const distances = await medium.nearest(made);
  const isNear = (distance: number) => distance < bound;
  return [
    {
      task,
      measure: `distance to the nearest training ${name}`,
      value: mean(distances),
      unit,
      reference: { what: 'of those held back', value: mean(held) },
    },
    shareRow(
      {
        task,
        measure: `nearer to a training ${name} than the nearest 5 % held back`,
        reference: { what: 'of those held back', value: share(held.map(isNear)) },
      },
      distances.map(isNear),
    ),
  ];
}

export const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
