import type { Random } from '@visual-echoes/core';

/** Whose class and origin are known. */
export interface Grouped {
  /** An index of the classes. */
  class: number;
  /** What is of one recording or drawing, and must stay together. */
  group: string;
}

/**
 * Divides what is trained on: of every class about a share of its items is held apart, whole groups of them, drawn by
 * `random`. A class of one group is trained on only.
 */
export function holdApart<Item extends Grouped>(
  items: readonly Item[],
  share: number,
  random: Random,
): { train: Item[]; held: Item[] } {
  const held = new Set<string>();
  for (const own of new Set(items.map((item) => item.class))) {
    const ofClass = items.filter((item) => item.class === own);
    const groups = [...new Set(ofClass.map(({ group }) => group))];
    let count = ofClass.filter(({ group }) => held.has(group)).length;
    const order = [...random.permutation(groups.length)].slice(0, -1); // one at least is left
    for (const i of order) {
      if (count >= Math.max(1, Math.round(share * ofClass.length))) break;
      held.add(groups[i]);
      count += ofClass.filter(({ group }) => group === groups[i]).length;
    }
  }
  return {
    train: items.filter(({ group }) => !held.has(group)),
    held: items.filter(({ group }) => held.has(group)),
  };
}
