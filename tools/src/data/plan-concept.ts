import { Random } from '@visual-echoes/core';
import type { ConceptIcon } from './list-concepts.js';
import type { Split } from './things.js';

/** A picture of an icon that is to be rendered. */
export interface PlannedConcept {
  /** Its path in the data's folder. */
  path: string;
  icon: ConceptIcon;
  split: Split;
  /** Its number among the icon's pictures. */
  index: number;
}

/** Of a concept's drawings, those for test. */
const TEST_SHARE = 0.1;

/** So many drawings of a concept that one of them is for test in any case. */
const ENOUGH = 8;

/** The pictures of a concept: one in ten drawings, by chance, is for test, and has one; the others have `pictures` each. */
export function planConcept(
  concept: string,
  icons: readonly ConceptIcon[],
  { pictures, seed }: { pictures: number; seed: number },
): PlannedConcept[] {
  const random = new Random(seed).fork('split', concept);
  const share = Math.floor(TEST_SHARE * icons.length + random.uniform());
  const forTest = icons.length < ENOUGH ? share : Math.max(1, share);
  const chosen = new Set(random.permutation(icons.length).subarray(0, forTest));
  return icons.flatMap((icon, i) => {
    const split: Split = chosen.has(i) ? 'test' : 'train';
    const name = `${icon.package.replace('@iconify-json/', '').replaceAll(/[^\w-]/g, '-')}--${icon.icon}`;
    return Array.from({ length: split === 'test' ? 1 : pictures }, (_, index): PlannedConcept => {
      return { path: `${split}/${concept}/${name}--${index}.png`, icon, split, index };
    });
  });
}
