import type { Benchmark } from './benchmark.js';
import { RATIOS } from './contender.js';
import type { KernelTimes } from './profile-kernels.js';
import { formatTable, type Summary } from './summary.js';

/** What one contender reached in one benchmark. */
export type Cell = Partial<Summary> & {
  /** Why there is no figure. */
  reason?: string;
  /** Bytes. */
  peak?: number;
  /** The run as a multiple of the benchmark's unit, the median of runs in turn. */
  units?: number;
};

/** Cells by benchmark and contender. */
export type Results = Record<string, Record<string, Cell>>;

/** Rows by benchmark; in each, a number by the name of its column. */
export type Table = Record<string, Record<string, number>>;

const milliseconds = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0));

/** Rate, time, spread and memory as far as they are of interest. */
export function formatCell({ gflop, items, memory }: Benchmark, { median, spread, peak }: Cell): string {
  if (median === undefined) return '–';
  const perSecond = (count: number) => Math.round((1000 * count) / median);
  const rate = gflop ? `${perSecond(gflop)} GFLOP/s, ` : items ? `${perSecond(items)}/s, ` : '';
  const held = memory && peak !== undefined ? `, ${Math.round(peak / 1e6)} MB` : '';
  return `${rate}${milliseconds(median)} ms ±${Math.round(50 * spread!)} %${held}`;
}

/** Ours over theirs, where both have a figure. */
export const ratiosOf = (results: Results): Table =>
  eachRow(results, (cells) =>
    RATIOS.flatMap(([ours, theirs]) => {
      const [a, b] = [cells[ours]?.median, cells[theirs]?.median];
      return a === undefined || b === undefined ? [] : [[`${ours} / ${theirs}`, a / b] as const];
    }),
  );

/** Runs over what they are multiples of, by contender. */
export const unitsOf = (results: Results): Table =>
  eachRow(results, (cells) =>
    Object.entries(cells).flatMap(([name, { units }]) =>
      units === undefined ? [] : [[name, units] as const],
    ),
  );

function eachRow(
  results: Results,
  entries: (cells: Record<string, Cell>) => (readonly [string, number])[],
): Table {
  const rows = Object.entries(results).map(([name, cells]) => [name, entries(cells)] as const);
  return Object.fromEntries(
    rows.flatMap(([name, found]) => (found.length > 0 ? [[name, Object.fromEntries(found)]] : [])),
  );
}

/** As text, with a column for each name that is in any row, in the order of `columns`. */
export function formatNumbers(table: Table, columns: readonly string[]): string {
  const measured = columns.filter((column) => Object.values(table).some((row) => row[column] !== undefined));
  const rows = Object.entries(table).map(([name, row]) => [
    name,
    ...measured.map((column) => row[column]?.toFixed(2) ?? '–'),
  ]);
  return formatTable([['', ...measured], ...rows]);
}

/** The kernels that take most, the slowest first. */
export function formatKernels(kernels: KernelTimes, most = 12): string {
  const sorted = Object.entries(kernels).sort(([, a], [, b]) => b.milliseconds - a.milliseconds);
  const total = sorted.reduce((sum, [, one]) => sum + one.milliseconds, 0);
  const rows = sorted
    .slice(0, most)
    .map(([name, one]) => [
      name,
      String(one.calls),
      one.milliseconds.toFixed(1),
      `${Math.round((100 * one.milliseconds) / total)} %`,
    ]);
  return formatTable([['', 'calls', 'ms', 'share'], ...rows, ['all', '', total.toFixed(1), '']]);
}
