import type { AblationData, AblationPoint } from '../ablation/ablation-data.js';
import type { Direction, PointSettings, Setting } from '../ablation/point-settings.js';
import { type CirclePanel, circlePanels } from './circle-panels.js';
import { type LinePanel, linePanels } from './line-panels.js';

/** What readers call the directions. */
export const DIRECTION_NAMES: Record<Direction, string> = {
  'image-to-audio': 'image → audio',
  'audio-to-image': 'audio → image',
};

const AXIS_NAMES: Record<Setting, string> = {
  model: 'mean mask ratio',
  guidance: 'guidance factor',
  temperature: 'temperature of the tokens',
  choiceTemperature: 'temperature T of the order',
  steps: 'steps N',
  order: 'order',
};

const ORDER_NAMES = { halton: 'Halton', confidence: 'confidence' } as const;

const MEASURES = {
  accuracy: { label: 'named right (%)', of: percent, bounds: [0, 100] as const },
  frechet: { label: 'Fréchet distance', of: distance, bounds: [0, Number.POSITIVE_INFINITY] as const },
};

type Measure = keyof typeof MEASURES;

/** An ablation as the paper draws it: SVG. */
export function ablationPlot(data: AblationData): string {
  if (data.ablation === 'temperature-steps') return circlePanels(circles(data));
  return linePanels(data.ablation === 'order' ? orders(data) : overOneSetting(data));
}

/** Accuracy beside distance, a line for each direction. */
function overOneSetting({
  ablation,
  axes: [axis],
  points,
  defaults,
  real,
  sampling,
}: AblationData): LinePanel[] {
  const directions = directionsOf(points);
  const names = [...new Set(points.map(({ settings }) => String(settings[axis])))];
  const categories = ablation === 'drop' ? names : undefined;
  const xOf = (settings: PointSettings) =>
    categories ? categories.indexOf(String(settings[axis])) : Number(settings[axis]);
  // In one stage the model's own settings are not those of the figure.
  const marked = axis === 'model' || sampling !== 'model' ? [] : directions;
  const places = new Map<number, number[]>();
  for (const [i, direction] of directions.entries()) {
    const x = Number(marked.includes(direction) ? defaults[direction]?.[axis] : Number.NaN);
    if (Number.isFinite(x)) places.set(x, [...(places.get(x) ?? []), i]);
  }
  return (Object.keys(MEASURES) as Measure[]).map((measure) => ({
    xLabel: axis === 'model' && ablation === 'drop' ? 'dropped positions' : AXIS_NAMES[axis],
    yLabel: MEASURES[measure].label,
    bounds: MEASURES[measure].bounds,
    ...(categories && { categories }),
    series: directions.map((direction) => ({
      name: DIRECTION_NAMES[direction],
      points: points
        .filter((point) => point.direction === direction)
        .map((point) => ({ x: xOf(point.settings), ...MEASURES[measure].of(point) })),
    })),
    references: directions.flatMap((direction, series) => {
      const ceiling = real[direction];
      return ceiling ? [reference(direction, ceiling, measure, series)] : [];
    }),
    defaults: [...places].map(([x, [series, ...more]]) => (more.length > 0 ? { x } : { x, series })),
  }));
}

/** A panel for each direction and measure, a line for each order. */
function orders({ points, defaults, real, sampling }: AblationData): LinePanel[] {
  return (Object.keys(MEASURES) as Measure[]).flatMap((measure) =>
    directionsOf(points).map((direction) => {
      const own = points.filter((point) => point.direction === direction);
      const names = [...new Set(own.map(({ settings }) => settings.order!))];
      const ceiling = real[direction];
      const { steps, order } = defaults[direction] ?? {};
      const series = order ? names.indexOf(order) : -1;
      return {
        title: DIRECTION_NAMES[direction],
        xLabel: AXIS_NAMES.steps,
        yLabel: MEASURES[measure].label,
        bounds: MEASURES[measure].bounds,
        series: names.map((name) => ({
          name: ORDER_NAMES[name],
          points: own
            .filter(({ settings }) => settings.order === name)
            .map((point) => ({ x: point.settings.steps!, ...MEASURES[measure].of(point) })),
        })),
        references: ceiling ? [reference(direction, ceiling, measure)] : [],
        defaults: sampling === 'model' && steps && series >= 0 ? [{ x: steps, series }] : [],
      };
    }),
  );
}

/** A panel for each direction and measure, a circle for each point. */
function circles({ axes: [xAxis, yAxis], points, defaults, sampling }: AblationData): CirclePanel[] {
  return (Object.keys(MEASURES) as Measure[]).flatMap((measure) =>
    directionsOf(points).map((direction, colour) => {
      const own = defaults[direction];
      const [x, y] = [own?.[xAxis], own?.[yAxis]];
      return {
        title: `${DIRECTION_NAMES[direction]}: ${MEASURES[measure].label}`,
        xLabel: AXIS_NAMES[xAxis],
        yLabel: AXIS_NAMES[yAxis],
        ascending: measure === 'accuracy',
        format: (value: number) => value.toFixed(1),
        points: points
          .filter((point) => point.direction === direction)
          .map((point) => ({
            x: Number(point.settings[xAxis]),
            y: Number(point.settings[yAxis]),
            value: MEASURES[measure].of(point).y,
          })),
        default:
          sampling === 'model' && typeof x === 'number' && typeof y === 'number' ? { x, y } : undefined,
        colour,
      };
    }),
  );
}

const directionsOf = (points: readonly AblationPoint[]) => [
  ...new Set(points.map(({ direction }) => direction)),
];

function percent({ accuracy, accuracyLow, accuracyHigh }: AblationPoint) {
  return { y: 100 * accuracy, low: 100 * accuracyLow, high: 100 * accuracyHigh };
}

function distance({ frechet, frechetLow, frechetHigh }: AblationPoint) {
  return { y: frechet, low: frechetLow, high: frechetHigh };
}

function reference(
  direction: Direction,
  { accuracy, frechet }: { accuracy: number; frechet: number },
  measure: Measure,
  series?: number,
) {
  const media = direction === 'image-to-audio' ? 'real recordings' : 'real pictures';
  return {
    label: media,
    y: measure === 'accuracy' ? 100 * accuracy : frechet,
    ...(series !== undefined && { series }),
  };
}
