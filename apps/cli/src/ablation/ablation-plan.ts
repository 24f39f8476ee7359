import { ConfigurationError } from '@visual-echoes/core';
import { ABLATIONS, type AblationName } from './ablation-kinds.js';
import type { Direction, Point, PointSettings, Setting } from './point-settings.js';

/** What is to be measured. */
export interface AblationPlan {
  ablation: AblationName;
  axes: readonly Setting[];
  directions: readonly Direction[];
  sampling: Point['sampling'];
  /** What every point has. */
  fixed: PointSettings;
  /** What each point has beside, in the order of the figure. */
  grid: readonly PointSettings[];
  seeds: number;
  /** Of each seed. */
  samples: number;
  part: Point['part'];
}

/** Values of settings as they were named, one or several of each. */
export type NamedSettings = Partial<Record<Setting, readonly (number | string)[]>>;

export interface PlanOptions extends Pick<AblationPlan, 'directions' | 'sampling' | 'seeds' | 'part'> {
  /** Of each point, over all seeds. */
  limit: number;
  named: NamedSettings;
}

/**
 * The points of an ablation. With `choiceTemperature` named, it stands on the temperature's axis.
 * @throws ConfigurationError where a setting that does not vary has several values, or no values are known.
 */
export function planAblation(
  ablation: AblationName,
  { directions, sampling, seeds, part, limit, named }: PlanOptions,
): AblationPlan {
  const kind = ABLATIONS[ablation];
  const values: NamedSettings = kind.values;
  const replaced = (axis: Setting) =>
    axis === 'temperature' && named.choiceTemperature ? 'choiceTemperature' : axis;
  const axes = kind.axes.map(replaced);
  const fixed: PointSettings = {};
  for (const [name, list] of Object.entries(named) as [Setting, readonly (number | string)[]][]) {
    if (axes.includes(name)) continue;
    if (list.length > 1) {
      throw new ConfigurationError(
        `${name} is ${list.join(',')}, but ${ablation} varies ${axes.join(' and ')} only; name one value of ${name}.`,
      );
    }
    Object.assign(fixed, { [name]: list[0] });
  }
  let grid: PointSettings[] = [{}];
  for (const axis of axes) {
    const list = named[axis] ?? values[axis];
    if (!list || list.length === 0) {
      throw new ConfigurationError(`${ablation} needs a model for each point; name them with --models.`);
    }
    grid = grid.flatMap((point) => list.map((value) => ({ ...point, [axis]: value })));
  }
  return {
    ablation,
    axes,
    directions,
    sampling,
    fixed,
    grid,
    seeds,
    samples: Math.ceil(limit / seeds),
    part,
  };
}

/** Every point of a plan; first those of the first seed, so that a figure is whole early. */
export function pointsOf({
  directions,
  sampling,
  fixed,
  grid,
  seeds,
  samples,
  part,
}: Omit<AblationPlan, 'ablation' | 'axes'>): Point[] {
  return Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
    directions.flatMap((direction) =>
      grid.map((settings) => ({
        direction,
        sampling,
        settings: { ...fixed, ...settings },
        seed,
        samples,
        part,
      })),
    ),
  );
}
