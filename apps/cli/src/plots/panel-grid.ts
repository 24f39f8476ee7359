import { INK } from './palette.js';

/** The place of each panel with its margins, in pixels. */
export interface PanelSize {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Systems of axes side by side, `columns` in a row, each under its title, with a legend of `legend` pixels above. */
export function panelGrid(
  titles: readonly string[],
  { width, height, left, right, top, bottom }: PanelSize,
  { columns, legend }: { columns: number; legend: number },
) {
  const inner = { width: width - left - right, height: height - top - bottom };
  const grid = titles.map((_, i) => ({
    left: (i % columns) * width + left,
    top: legend + Math.floor(i / columns) * height + top,
    ...inner,
  }));
  return {
    grid,
    title: titles.map((text, i) => ({
      text,
      left: grid[i].left + inner.width / 2,
      top: grid[i].top - 27,
      textAlign: 'center',
      textStyle: { color: INK, fontSize: 12, fontWeight: 'bold' },
    })),
    size: {
      width: Math.min(columns, titles.length) * width,
      height: legend + Math.ceil(titles.length / columns) * height,
    },
  };
}

/** A line of axis as papers have it: ticks outside, no grid. */
export const axis = (name: string, gap: number) => ({
  type: 'value',
  name,
  nameLocation: 'middle',
  nameGap: gap,
  nameTextStyle: { color: INK, fontSize: 12 },
  axisLine: { show: true, onZero: false, lineStyle: { color: INK } },
  axisTick: { show: true, lineStyle: { color: INK } },
  axisLabel: { color: INK, fontSize: 11 },
  splitLine: { show: false },
});
