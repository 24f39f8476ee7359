import { confidenceInterval, meanInterval } from '@visual-echoes/metrics';
import { markdownTable } from '../output/markdown-table.js';

/** One line of the table that `visual-echoes evaluate` prints. */
export interface EvaluationRow {
  task: string;
  measure: string;
  value: number;
  unit: 'share' | 'distance' | 'decibels' | 'seconds' | 'per second' | 'count' | 'times';
  /** Of a share: how many of how many, and Wilson's 95 % interval. */
  correct?: number;
  total?: number;
  low?: number;
  high?: number;
  /** Of several seeds: each one's value, their mean, and Student's 95 % interval. */
  seeds?: { values: number[]; mean: number; low: number; high: number };
  /** The same, measured on real data or on what it is compared with. */
  reference?: { what: string; value: number };
}

type Place = Pick<EvaluationRow, 'task' | 'measure' | 'reference'>;

/** A share with its interval. */
export function shareRow(place: Place, hits: readonly boolean[]): EvaluationRow {
  const correct = hits.filter(Boolean).length;
  const total = hits.length;
  return {
    ...place,
    unit: 'share',
    value: correct / total,
    correct,
    total,
    ...confidenceInterval(correct, total),
  };
}

/**
 * The rows of several seeds as one: counts are added up, values are means, and the interval over the seeds stands beside
 * Wilson's. A row that only the first run has stays as it is.
 */
export function overSeeds([first, ...others]: readonly (readonly EvaluationRow[])[]): EvaluationRow[] {
  return first.map((row) => {
    const again = others.flatMap((rows) =>
      rows.filter(({ task, measure }) => task === row.task && measure === row.measure),
    );
    if (again.length === 0) return row;
    const same = [row, ...again];
    const values = same.map(({ value }) => value);
    const { mean, low, high } = meanInterval(values);
    const most = row.unit === 'share' ? 1 : Number.POSITIVE_INFINITY;
    const seeds = { values, mean, low: Math.max(0, low), high: Math.min(most, high) };
    if (row.total === undefined) return { ...row, value: mean, seeds };
    const correct = same.reduce((sum, one) => sum + one.correct!, 0);
    const total = same.reduce((sum, one) => sum + one.total!, 0);
    return {
      ...row,
      value: correct / total,
      correct,
      total,
      ...confidenceInterval(correct, total),
      seeds,
    };
  });
}

/** The cells of a table of rows. */
export function rowCells(rows: readonly EvaluationRow[]): { header: string[]; lines: string[][] } {
  const ofSeeds = rows.some(({ seeds }) => seeds !== undefined);
  const header = [
    'task',
    'measure',
    'result',
    '95 % interval',
    ...(ofSeeds ? ['mean and 95 % interval over seeds'] : []),
    'beside it',
  ];
  const lines = rows.map((row) => {
    const { task, measure, value, unit, correct, total, low, high, seeds, reference } = row;
    const counted = total === undefined ? '' : ` (${correct} of ${total})`;
    const interval = (from: number, to: number) => `${inUnit(from, unit)} – ${inUnit(to, unit)}`;
    return [
      task,
      measure,
      inUnit(value, unit) + counted,
      low === undefined || high === undefined ? '' : interval(low, high),
      ...(ofSeeds ? [seeds ? `${inUnit(seeds.mean, unit)}, ${interval(seeds.low, seeds.high)}` : ''] : []),
      reference ? `${inUnit(reference.value, unit)} ${reference.what}` : '',
    ];
  });
  return { header, lines };
}

/** Rows as a Markdown table. */
export function rowsAsTable(rows: readonly EvaluationRow[]): string {
  const { header, lines } = rowCells(rows);
  return markdownTable(header, lines);
}

function inUnit(value: number, unit: EvaluationRow['unit']): string {
  if (unit === 'share') return `${(100 * value).toFixed(1)} %`;
  if (unit === 'seconds') return `${value.toFixed(3)} s`;
  if (unit === 'per second') return `${value.toFixed(1)} a second`;
  if (unit === 'distance') return value.toFixed(2);
  if (unit === 'decibels') return `${value.toFixed(2)} dB`;
  if (unit === 'times') return `${value.toFixed(0)} ×`;
  return String(Number(value.toFixed(1)));
}
