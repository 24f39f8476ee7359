import type { Drawing, DrawingList } from './drawing-list.js';
import type { ConceptIcon } from './list-concepts.js';
import type { PlannedConcept } from './plan-concept.js';

/** Why an icon is not used: it is nearly a drawing for test, or cannot be drawn. */
export type RemovedIcon = { icon: ConceptIcon } & ({ near: Drawing; distance: number } | { reason: string });

/** What the data are made of. */
export interface ConceptsContent {
  list: DrawingList;
  concepts: readonly string[];
  pictures: PlannedConcept[];
  removed: RemovedIcon[];
}

/** The lines of `manifest.jsonl`: every picture with where it is from and whose it is; then the icons that are not used. */
export function* conceptLines({ list, pictures, removed }: ConceptsContent): Generator<string> {
  const packages = new Map(list.packages.map((one) => [one.name, one]));
  for (const { path, icon: from, split } of pictures) {
    const { version, style, author, licence, home } = packages.get(from.package)!;
    const { concept, icon } = from;
    const source = { package: from.package, version, icon, style };
    yield line({ file: path, kind: 'picture', split, concept, ...source, author, licence, home });
  }
  for (const { icon, ...why } of removed) {
    const near = 'near' in why && { package: why.near.package, source: why.near.file };
    yield line({ kind: 'removed', ...icon, ...why, ...(near && { near }) });
  }
}

const line = (entry: object) => `${JSON.stringify(entry)}\n`;
