import { Random } from '@visual-echoes/core';
import { conceptName, stylesOf } from './concept-name.js';
import { getOr } from './get-or.js';

/** Drawings of a concept that are taken of one package, which has it perhaps in ten styles. */
const OF_A_PACKAGE = 2;

/** An icon of a set in Iconify's form. */
export interface ConceptIcon {
  package: string;
  icon: string;
  concept: string;
}

/**
 * The concepts that at least `sets` packages have an icon of, in order of their names, each with up to two icons of a
 * package, by chance.
 * @param names the icons' names by package.
 */
export function listConcepts(
  names: ReadonlyMap<string, readonly string[]>,
  { sets, seed }: { sets: number; seed: number },
): Map<string, ConceptIcon[]> {
  const concepts = new Map<string, Map<string, string[]>>();
  for (const [name, icons] of names) {
    const styles = stylesOf(icons);
    for (const icon of icons) {
      const concept = conceptName(icon, styles);
      if (!concept) continue;
      const packages = getOr(concepts, concept, () => new Map<string, string[]>());
      getOr(packages, name, (): string[] => []).push(icon);
    }
  }
  const kept = [...concepts].filter(([, packages]) => packages.size >= sets);
  kept.sort(([a], [b]) => (a < b ? -1 : 1));
  const random = new Random(seed);
  return new Map(
    kept.map(([concept, packages]) => [
      concept,
      [...packages].flatMap(([name, icons]) => {
        const order = random.fork('icons', concept, name).permutation(icons.length);
        const chosen = [...order.subarray(0, OF_A_PACKAGE)].sort((a, b) => a - b);
        return chosen.map((at): ConceptIcon => ({ package: name, icon: icons[at], concept }));
      }),
    ]),
  );
}
