import type { CustomSeriesRenderItem } from 'echarts/types/dist/shared';
import { INK, QUIET, SERIES_COLOURS } from './palette.js';
import { axis, panelGrid } from './panel-grid.js';
import { renderChart } from './render-chart.js';

/** A measured value with its interval. */
export interface PlottedPoint {
  x: number;
  y: number;
  low: number;
  high: number;
}

/** One system of axes. */
export interface LinePanel {
  title?: string;
  xLabel: string;
  yLabel: string;
  /** Of the whole figure, so that a name has one colour everywhere. */
  series: readonly { name: string; points: readonly PlottedPoint[] }[];
  /** Names of the x values where they are no numbers. */
  categories?: readonly string[];
  /** What cannot be passed, such as real data, in the colour of a series. */
  references?: readonly { label: string; y: number; series?: number }[];
  /** x of the default setting, in the colour of a series. */
  defaults?: readonly { x: number; series?: number }[];
  /** What y cannot leave. */
  bounds?: readonly [number, number];
}

const PANEL = { width: 360, height: 250, left: 62, right: 18, top: 34, bottom: 56 };
const LEGEND = 30;

/** Lines with error bars in panels side by side, `columns` in a row, with a legend above: SVG. */
export function linePanels(panels: readonly LinePanel[], { columns = 2 }: { columns?: number } = {}): string {
  const names = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  const colourOf = (index: number | undefined) =>
    index === undefined ? QUIET : SERIES_COLOURS[index % SERIES_COLOURS.length];
  const titles = panels.map(({ title = '' }) => title);
  const { grid, title, size } = panelGrid(titles, PANEL, { columns, legend: LEGEND });
  const option = {
    legend: { top: 6, itemWidth: 22, itemHeight: 8, data: names, textStyle: { color: INK, fontSize: 12 } },
    title,
    grid,
    xAxis: panels.map((panel, i) => ({ ...axis(panel.xLabel, 28), gridIndex: i, ...xRange(panel) })),
    yAxis: panels.map((panel, i) => ({ ...axis(panel.yLabel, 42), gridIndex: i, ...yRange(panel) })),
    series: panels.flatMap((panel, i) =>
      panel.series.flatMap(({ name, points }, own) => {
        const colour = colourOf(names.indexOf(name));
        const place = { xAxisIndex: i, yAxisIndex: i, name, silent: true, clip: false };
        return [
          {
            ...place,
            type: 'line',
            data: points.map(({ x, y }) => [x, y]),
            symbol: ['circle', 'rect', 'triangle', 'diamond'][names.indexOf(name) % 4],
            symbolSize: 7,
            itemStyle: { color: colour },
            lineStyle: { color: colour, width: panel.categories ? 0 : 1.6 },
            ...(own === 0 && { markLine: marks(panel, colourOf) }),
          },
          {
            ...place,
            type: 'custom',
            data: points.map(({ x, low, high }) => [x, low, high]),
            encode: { x: 0, y: [1, 2] },
            renderItem: errorBar(colour),
            itemStyle: { color: colour },
          },
        ];
      }),
    ),
  };
  return renderChart(option, size);
}

function marks(panel: LinePanel, colourOf: (index: number | undefined) => string) {
  const label = { show: true, fontSize: 10 };
  const { references = [], defaults = [], series: lines } = panel;
  const { min, max } = yRange(panel);
  const heights = lines.flatMap(({ points }) => points.map(({ y }) => y));
  const middle = heights.reduce((sum, y) => sum + y, 0) / heights.length;
  const lowest = Math.min(...references.map(({ y }) => y));
  // Off the points, and off one another where two lines are close.
  const place = (y: number, i: number) =>
    `inside${i % 2 === 0 ? 'End' : 'Middle'}${y === lowest && y < middle && y - min > 0.1 * (max - min) ? 'Bottom' : 'Top'}`;
  return {
    symbol: 'none',
    silent: true,
    data: [
      ...references.map(({ label: text, y, series }, i) => ({
        yAxis: y,
        lineStyle: { color: colourOf(series), type: 'dashed', width: 1 },
        label: { ...label, color: colourOf(series), formatter: text, position: place(y, i) },
      })),
      ...defaults.map(({ x, series }) => ({
        xAxis: x,
        lineStyle: { color: colourOf(series), type: 'dotted', width: 1.5 },
        label: { ...label, color: colourOf(series), formatter: 'default', position: 'end', distance: 2 },
      })),
    ],
  };
}

const errorBar =
  (stroke: string): CustomSeriesRenderItem =>
  (_, api) => {
    const low = api.coord([api.value(0), api.value(1)]);
    const high = api.coord([api.value(0), api.value(2)]);
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: 'line' as const,
      shape: { x1, y1, x2, y2 },
      style: { stroke, lineWidth: 1.2 },
    });
    const [x] = low;
    return {
      type: 'group',
      children: [
        line(x, low[1], x, high[1]),
        line(x - 3, low[1], x + 3, low[1]),
        line(x - 3, high[1], x + 3, high[1]),
      ],
    };
  };

/** A tick for every value there is. */
function xRange({ series, categories, defaults = [] }: LinePanel) {
  if (categories) return { type: 'category', data: categories, boundaryGap: true };
  const values = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const all = [...values, ...defaults.map(({ x }) => x)];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low || 1) * 0.05;
  return {
    min: low - room,
    max: high + room,
    axisTick: { show: true, customValues: values, lineStyle: { color: INK } },
    axisLabel: { color: INK, fontSize: 11, customValues: values },
  };
}

function yRange({
  series,
  references = [],
  bounds = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
}: LinePanel) {
  const all = [
    ...series.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])),
    ...references.map(({ y }) => y),
  ];
  const { min, max, interval } = niceRange(Math.min(...all), Math.max(...all));
  return { min: Math.max(bounds[0], min), max: Math.min(bounds[1], max), interval };
}

/** The least range of whole steps of 1, 2 or 5 times a power of ten that holds two numbers, in about five steps. */
export function niceRange(low: number, high: number): { min: number; max: number; interval: number } {
  const rough = (high - low || Math.abs(high) || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const interval = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
  const exact = (value: number) => Number(value.toPrecision(12));
  return {
    min: exact(Math.floor(low / interval + 1e-9) * interval),
    max: exact(Math.ceil(high / interval - 1e-9) * interval),
    interval: exact(interval),
  };
}
