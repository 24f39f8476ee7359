import type { Failure } from '../media/find-inputs.js';
import type { WrittenResult } from './run-jobs.js';

/** Above so many, results are counted rather than listed. */
const MOST_LINES = 20;

/** Prints what was made to stdout and what failed to stderr, or all as one JSON document. */
export function printSummary(
  {
    written,
    skipped,
    failures,
  }: {
    written: readonly WrittenResult[];
    skipped: readonly string[];
    failures: readonly Failure[];
  },
  { json = false, out, about }: { json?: boolean | undefined; out: string; about: Record<string, unknown> },
): void {
  if (json) {
    const results = written.map(({ input, files, details }) => ({
      ...(input && { input }),
      ...files,
      ...details,
    }));
    console.log(JSON.stringify({ ...about, results, skipped, failures }, null, 2));
    return;
  }
  if (written.length > MOST_LINES) {
    const files = written.reduce((sum, result) => sum + Object.keys(result.files).length, 0);
    console.log(`${written.length} results, ${files} files in ${out}`);
  } else {
    for (const { input, files, details } of written) {
      const notes = Object.entries(details).map(([name, value]) => `${name} ${value}`);
      const source = input ? `${input} → ` : '';
      console.log(
        `${source}${Object.values(files).join(', ')}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`,
      );
    }
  }
  if (skipped.length > 0) console.log(`${skipped.length} done already in ${out}; --force makes them again`);
  for (const { error } of failures) console.error(`error: ${error}`);
  const total = written.length + skipped.length + failures.length;
  if (failures.length > 0 && total > 1) console.error(`${failures.length} of ${total} failed`);
}
