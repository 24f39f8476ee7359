import { computed, signal } from '@preact/signals';
import type { Picture } from 'visual-echoes';

/** A point of a stroke and the width there, in shares of the sheet's side. */
export type Point = readonly [x: number, y: number, width: number];

/** What can be done to the sheet, and undone. */
export type Mark =
  | { kind: 'stroke'; points: readonly Point[] }
  /** Ink on the sheet, on which one can go on drawing: light on dark, as the model makes them. */
  | { kind: 'ink'; picture: Picture }
  /** Takes the whole sheet; the next stroke begins on an empty one. */
  | { kind: 'photo'; picture: Picture }
  | { kind: 'clear' };

/** What is drawn, as the list of what was done. */
export class Sketch {
  private readonly done = signal<readonly Mark[]>([]);

  /** What of it can be seen: all since the last that covered the sheet. */
  readonly visible = computed<readonly Mark[]>(() => {
    const marks = this.done.value;
    let covered = marks.length - 1;
    while (covered >= 0 && marks[covered].kind === 'stroke') covered--;
    return marks.slice(marks[covered]?.kind === 'clear' ? covered + 1 : Math.max(0, covered));
  });

  readonly isEmpty = computed(() => this.visible.value.length === 0);
  readonly canUndo = computed(() => this.done.value.length > 0);

  add(mark: Mark): void {
    const last = this.done.value.at(-1);
    const onPhoto = mark.kind === 'stroke' && last?.kind === 'photo';
    this.done.value = onPhoto ? [...this.done.value, { kind: 'clear' }, mark] : [...this.done.value, mark];
  }

  undo(): void {
    const marks = this.done.value;
    const last = marks.at(-1);
    const withItsClear =
      last?.kind === 'stroke' && marks.at(-2)?.kind === 'clear' && marks.at(-3)?.kind === 'photo';
    this.done.value = marks.slice(0, withItsClear ? -2 : -1);
  }

  clear(): void {
    if (!this.isEmpty.value) this.add({ kind: 'clear' });
  }
}
