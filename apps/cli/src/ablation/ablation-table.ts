import { markdownTable } from '../output/markdown-table.js';
import type { AblationData } from './ablation-data.js';

/** The cells of an ablation's table: what was measured at each point, and real data last. */
export function ablationCells({ axes, points, real }: Pick<AblationData, 'axes' | 'points' | 'real'>): {
  header: string[];
  lines: string[][];
} {
  const header = ['task', ...axes, 'named right', '95 % interval', 'Fréchet distance', '95 % interval'];
  const lines = points.map((point) => [
    point.direction,
    ...axes.map((axis) => String(point.settings[axis])),
    `${percent(point.accuracy)} (${point.correct} of ${point.total})`,
    `${percent(point.accuracyLow)} – ${percent(point.accuracyHigh)}`,
    point.frechet.toFixed(2),
    point.frechetSeeds.length > 1 ? `${point.frechetLow.toFixed(2)} – ${point.frechetHigh.toFixed(2)}` : '',
  ]);
  for (const [direction, { accuracy, frechet }] of Object.entries(real)) {
    const [first, ...rest] = axes;
    lines.push([
      direction,
      first && 'real data',
      ...rest.map(() => ''),
      percent(accuracy),
      '',
      frechet.toFixed(2),
      '',
    ]);
  }
  return { header, lines };
}

/** The same as Markdown. */
export function ablationTable(data: Pick<AblationData, 'axes' | 'points' | 'real'>): string {
  const { header, lines } = ablationCells(data);
  return markdownTable(header, lines);
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
