import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Survey } from './plan-shards.js';

/** Milliseconds between looks at what others have done. */
const LOOK = 5000;

/** How much of a dataset is done, by this process and by others. */
export class ShardProgress {
  private readonly folder: string;
  private readonly shards: Survey['shards'];
  private readonly clips: number;
  private readonly mine = new Set<string>();
  private own = 0;
  private others = 0;
  private looked = 0;

  constructor(folder: string, { shards, clips }: Pick<Survey, 'shards' | 'clips'>) {
    this.folder = folder;
    this.shards = shards;
    this.clips = clips;
  }

  /** This process has done a clip of `file`. */
  add(file: string): void {
    this.mine.add(file);
    this.own++;
  }

  /** 0 to 1. */
  share(): number {
    const now = performance.now();
    if (this.looked === 0 || now - this.looked > LOOK) {
      this.looked = now;
      const done = this.shards.filter(
        ({ file }) => !this.mine.has(file) && existsSync(join(this.folder, file)),
      );
      this.others = done.reduce((sum, { clips }) => sum + clips, 0);
    }
    return Math.min(1, (this.own + this.others) / this.clips);
  }
}
