import { ConfigurationError, type Random } from '@visual-echoes/core';

/** The rows of a piece of a dataset, the rare classes' more than once. */
export interface BalancedRows {
  /** How many samples of it an epoch has. */
  count: number;
  /** Which row a sample is; where a class cannot be repeated evenly, any of its rows. */
  row(sample: number, random: Random): number;
}

/**
 * Repeats rows so that an epoch has every class equally often, as often as it has clips of the largest; each row of a class
 * comes equally often, but for a remainder that is drawn.
 * @param pieces of each row its class.
 * @throws ConfigurationError where a row has none.
 */
export function balancedRows(pieces: readonly (readonly (string | null)[])[]): BalancedRows[] {
  const totals = new Map<string, number>();
  for (const label of pieces.flat()) {
    if (label !== null) totals.set(label, (totals.get(label) ?? 0) + 1);
    else
      throw new ConfigurationError(
        '"balance" needs a class of every clip, and the dataset has clips of none.',
      );
  }
  const most = Math.max(...totals.values());
  const seen = new Map<string, number>();
  return pieces.map((labels) => {
    const samples: number[][] = []; // of each the rows that it may be
    for (const [label, rows] of rowsByClass(labels as readonly string[])) {
      const before = seen.get(label) ?? 0;
      const upTo = (clips: number) => Math.floor((most * clips) / totals.get(label)!);
      const count = upTo(before + rows.length) - upTo(before);
      seen.set(label, before + rows.length);
      const even = count - (count % rows.length);
      for (let i = 0; i < count; i++) samples.push(i < even ? [rows[i % rows.length]] : rows);
    }
    const row = (sample: number, random: Random) => samples[sample][random.integer(samples[sample].length)];
    return { count: samples.length, row };
  });
}

function rowsByClass(labels: readonly string[]): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  labels.forEach((label, row) => {
    rows.set(label, [...(rows.get(label) ?? []), row]);
  });
  return rows;
}
