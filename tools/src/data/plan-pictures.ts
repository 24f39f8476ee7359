import type { Drawing, DrawingList } from './drawing-list.js';
import { getOr } from './get-or.js';
import type { Split } from './things.js';

/** A picture that is to be rendered. */
export interface PlannedPicture {
  /** Its path in the data's folder. */
  path: string;
  drawing: Drawing;
  split: Split;
  /** Its number among all pictures of its split and class. */
  index: number;
}

/** Pictures of a class for test, for each of training. */
const TEST_SHARE = 0.1;

/**
 * Which drawing each picture is of: the drawings of a class and split in turn, so that each has as many pictures, and
 * those of one package and variant, which are one drawing in other colours or strokes, count as one.
 */
export function planPictures(
  { packages, drawings }: Pick<DrawingList, 'packages' | 'drawings'>,
  { perClass }: { perClass: number },
): PlannedPicture[] {
  const splitOf = new Map(packages.map(({ name, split }) => [name, split]));
  const groups = new Map<string, Map<string, Drawing[]>>();
  for (const drawing of drawings) {
    const families = getOr(groups, `${splitOf.get(drawing.package)}/${drawing.class}`, () => new Map());
    getOr(families, `${drawing.package} ${drawing.variant}`, (): Drawing[] => []).push(drawing);
  }
  return [...groups].flatMap(([place, families]) => {
    const split = place.split('/')[0] as Split;
    const count = split === 'train' ? perClass : Math.ceil(TEST_SHARE * perClass);
    const all = [...families.values()];
    return Array.from({ length: count }, (_, index): PlannedPicture => {
      const family = all[index % all.length];
      const drawing = family[Math.floor(index / all.length) % family.length];
      const number = String(index).padStart(5, '0');
      return { path: `${place}/${number}-${slug(drawing)}.png`, drawing, split, index };
    });
  });
}

function slug({ package: name, variant }: Drawing): string {
  return `${name.replace('@iconify-json/', '')}-${variant}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
