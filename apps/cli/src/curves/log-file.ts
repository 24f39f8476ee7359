import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { fileAccessError, writeFileAtomically } from '@visual-echoes/core/node';

/** A line of the log of a run: figures of a step, or of a validation after it. */
export type LogLine = { step: number } & Record<string, unknown>;

/** The log of a run, a JSON document a line. */
export class LogFile {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Drops the lines of steps after `step` and what a killed run left half-written; the lines that stay. */
  async goOnAfter(step: number): Promise<LogLine[]> {
    if (!existsSync(this.path)) return [];
    const lines = readFileSync(this.path, 'utf8').split('\n').flatMap(parsed);
    const kept = lines.filter((line) => line.step <= step);
    await writeFileAtomically(this.path, [kept.map((line) => `${JSON.stringify(line)}\n`).join('')]);
    return kept;
  }

  /** @throws FileAccessError */
  append(line: LogLine): void {
    try {
      appendFileSync(this.path, `${JSON.stringify(line)}\n`);
    } catch (cause) {
      throw fileAccessError('write', this.path, cause);
    }
  }
}

function parsed(line: string): LogLine[] {
  try {
    return [JSON.parse(line) as LogLine];
  } catch {
    return [];
  }
}
