import { confidenceInterval } from '@visual-echoes/metrics';

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

/** Rows as a Markdown table. */
export function rowsAsTable(rows: readonly EvaluationRow[]): string {
  const header = ['task', 'measure', 'result', '95 % interval', 'beside it'];
  const lines = rows.map((row) => {
    const { task, measure, value, unit, correct, total, low, high, reference } = row;
    const counted = total === undefined ? '' : ` (${correct} of ${total})`;
    return [
      task,
      measure,
      inUnit(value, unit) + counted,
      low === undefined || high === undefined ? '' : `${inUnit(low, unit)} – ${inUnit(high, unit)}`,
      reference ? `${inUnit(reference.value, unit)} ${reference.what}` : '',
    ];
  });
  const all = [header, ...lines];
  const widths = header.map((_, column) => Math.max(...all.map((line) => line[column].length)));
  const inLine = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [inLine(header), rule, ...lines.map(inLine)].join('\n');
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
