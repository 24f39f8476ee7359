import { INK, QUIET, SERIES_COLOURS } from './palette.js';
import { axis, panelGrid } from './panel-grid.js';
import { renderChart } from './render-chart.js';

/** A quality over two settings. */
export interface CirclePanel {
  title: string;
  xLabel: string;
  yLabel: string;
  points: readonly { x: number; y: number; value: number }[];
  /** Whether more is better: the larger circle. */
  ascending: boolean;
  format: (value: number) => string;
  /** Where the default setting is. */
  default?: { x: number; y: number } | undefined;
  colour?: number;
}

const PANEL = { width: 400, height: 320, left: 58, right: 22, top: 36, bottom: 58 };
const LEGEND = 26;
const [SMALLEST, LARGEST] = [6, 38];

/** Circles over two settings, the larger the better, each with its value, in panels side by side: SVG. */
export function circlePanels(panels: readonly CirclePanel[], { columns = 2 } = {}): string {
  const titles = panels.map(({ title }) => title);
  const { grid, title, size } = panelGrid(titles, PANEL, { columns, legend: LEGEND });
  const option = {
    legend: {
      top: 4,
      data: [
        { name: 'larger is better', icon: 'circle', itemStyle: { color: `${QUIET}88` } },
        ...(panels.some((panel) => panel.default) ? [{ name: 'default', icon: 'diamond' }] : []),
      ],
      textStyle: { color: INK, fontSize: 12 },
      selectedMode: false,
    },
    title,
    grid,
    xAxis: panels.map((panel, i) => ({
      ...axis(panel.xLabel, 28),
      gridIndex: i,
      ...spaced(panel.points.map(({ x }) => x)),
    })),
    yAxis: panels.map((panel, i) => ({
      ...axis(panel.yLabel, 38),
      gridIndex: i,
      ...spaced(panel.points.map(({ y }) => y)),
    })),
    series: panels.flatMap(({ points, ascending, format, default: marked, colour = 0 }, i) => {
      const values = points.map(({ value }) => value);
      const [least, most] = [Math.min(...values), Math.max(...values)];
      const share = (value: number) => {
        const part = most === least ? 1 : (value - least) / (most - least);
        return ascending ? part : 1 - part;
      };
      const fill = SERIES_COLOURS[colour % SERIES_COLOURS.length];
      return [
        {
          name: 'larger is better',
          type: 'scatter',
          silent: true,
          clip: false,
          xAxisIndex: i,
          yAxisIndex: i,
          data: points.map(({ x, y, value }) => ({
            value: [x, y],
            // The area, not the radius, is what the eye compares.
            symbolSize: Math.sqrt(SMALLEST ** 2 + share(value) * (LARGEST ** 2 - SMALLEST ** 2)),
            label: { show: true, formatter: format(value), position: 'inside', fontSize: 10, color: INK },
          })),
          itemStyle: { color: `${fill}88`, borderColor: fill, borderWidth: 1 },
        },
        {
          name: 'default',
          type: 'scatter',
          silent: true,
          clip: false,
          xAxisIndex: i,
          yAxisIndex: i,
          symbol: 'diamond',
          symbolSize: 13,
          data: marked ? [[marked.x, marked.y]] : [],
          itemStyle: { color: 'transparent', borderColor: INK, borderWidth: 1.8 },
          z: 5,
        },
      ];
    }),
  };
  return renderChart(option, size);
}

/** An axis with room for half a circle at either end, and a tick for every value there is. */
function spaced(values: readonly number[]) {
  const ticks = [...new Set(values)].sort((a, b) => a - b);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const room = (high - low || 1) * 0.14;
  return {
    min: low - room,
    max: high + room,
    axisTick: { show: true, customValues: ticks, lineStyle: { color: INK } },
    axisLabel: { color: INK, fontSize: 11, customValues: ticks },
  };
}
