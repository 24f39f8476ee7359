import { type Signal, signal } from '@preact/signals';
import type { TaskName } from 'visual-echoes';
import type { Controls } from '../../studio/protocol.js';
import { TASK_NAMES } from '../tasks.js';

/** How it is sampled: what the visitor changed of the model's own settings, which differ by task. */
export class Settings {
  readonly controls = Object.fromEntries(TASK_NAMES.map((task) => [task, signal<Controls>({})])) as Record<
    TaskName,
    Signal<Controls>
  >;
  readonly seed = signal(1);
  /** Else every generation after the first draws another. */
  readonly keepsSeed = signal(false);
  /** Variations, 1 to 4. */
  readonly count = signal(1);
  private isUsed = false;

  /** The seed of the next generation. */
  nextSeed(): number {
    if (this.isUsed && !this.keepsSeed.value) this.reroll();
    this.isUsed = true;
    return this.seed.value;
  }

  /** Draws another seed, which the next generation takes. */
  reroll(): void {
    this.seed.value = 1 + Math.floor(Math.random() * 99_999);
    this.isUsed = false;
  }

  change(task: TaskName, controls: Controls): void {
    this.controls[task].value = { ...this.controls[task].value, ...controls };
  }

  /** Those of a link. */
  take(task: TaskName, { controls, seed, count }: { controls: Controls; seed: number; count: number }): void {
    this.controls[task].value = controls;
    this.seed.value = seed;
    this.count.value = count;
    this.isUsed = true; // the visitor's own go draws another
  }

  reset(task: TaskName): void {
    this.controls[task].value = {};
    this.count.value = 1;
    this.keepsSeed.value = false;
  }
}
