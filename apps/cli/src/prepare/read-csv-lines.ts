import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileAccessError } from '@visual-echoes/core/node';

/** Characters; no line of a list of clips is as long. */
const LONGEST_LINE = 10_000;

/**
 * The lines of a CSV file with their numbers from 1, one at a time: cells, or `null` for a line whose quotes do not
 * match or that is too long. Quotes are as RFC 4180 has them, but a cell ends with its line. Empty lines are left out.
 * @throws FileAccessError.
 */
export async function* readCsvLines(
  path: string,
): AsyncGenerator<{ number: number; cells: string[] | null }> {
  const stream = createReadStream(path, { encoding: 'utf8' });
  const failed = new Promise<never>((_, reject) => {
    stream.once('error', (cause) => reject(fileAccessError('read', path, cause)));
  });
  failed.catch(() => {}); // where nobody waits for it
  await Promise.race([failed, new Promise((resolve) => stream.once('open', resolve))]);
  let number = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      const text = number === 1 ? line.replace(/^\uFEFF/, '') : line;
      if (text.trim() !== '') yield { number, cells: text.length > LONGEST_LINE ? null : cellsOf(text) };
    }
  } finally {
    stream.destroy();
  }
}

function cellsOf(line: string): string[] | null {
  const cells: string[] = [];
  const cell = /\s*(?:"((?:[^"]|"")*)"\s*|([^",]*))(,|$)/y;
  for (;;) {
    const match = cell.exec(line);
    if (!match) return null;
    cells.push((match[1]?.replaceAll('""', '"') ?? match[2]).trim());
    if (match[3] === '') return cells;
  }
}
