import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { claim } from './claim.js';
import { type Measurement, measurementText, parseMeasurement } from './measurement.js';

/** The measurements of a folder, a file each, which several processes may fill together. */
export class PointStore {
  private readonly folder: string;

  constructor(out: string) {
    this.folder = join(out, 'points');
  }

  /** What was measured under a name; null where nothing was, or the file is damaged. */
  async read(name: string): Promise<Measurement | null> {
    const text = await readFile(this.path(name), 'utf8').catch(() => null);
    return text === null ? null : parseMeasurement(text);
  }

  /** Whether this process may measure `name`: what gives it back; null where another process is at it. */
  async take(name: string): Promise<(() => Promise<void>) | null> {
    return claim(this.path(name));
  }

  /** @throws FileAccessError. */
  async write(name: string, measurement: Measurement, about: object): Promise<void> {
    await writeFileAtomically(this.path(name), [measurementText(measurement, about)]);
  }

  private path(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}
