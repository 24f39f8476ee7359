import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  GraphicComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
} from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { FONT, INK } from './palette.js';

use([
  SVGRenderer,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  GraphicComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
]);

/** Draws a chart as SVG without a browser; the same option gives the same text. Sizes in pixels. */
export function renderChart(
  option: EChartsCoreOption,
  { width, height }: { width: number; height: number },
): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: FONT, color: INK },
      ...option,
    });
    return plain(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/**
 * Without what answers a pointer, and without clips, which no chart here needs: their names count the charts of a process,
 * and those of two charts would meet on one page.
 */
function plain(svg: string): string {
  return svg
    .replace(/<clipPath [\s\S]*?<\/clipPath>\s*|<\/?defs ?>\s*/g, '')
    .replace(/<style >[\s\S]*?<\/style>\s*/g, '')
    .replace(/ (?:class|clip-path|pointer-events|cursor|xmlns:xlink|baseProfile|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/\n+/g, '\n');
}
