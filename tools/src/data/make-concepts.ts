import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInputError, Random, throwIfCancelled } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { beginFolder, digest } from './begin-folder.js';
import { type ConceptsContent, conceptLines, type RemovedIcon } from './concepts-manifest.js';
import { differenceHash } from './difference-hash.js';
import type { DrawingList } from './drawing-list.js';
import { inParallel } from './in-parallel.js';
import { type ConceptIcon, listConcepts } from './list-concepts.js';
import { type HashedDrawing, nearestDrawing } from './near-duplicates.js';
import { type OnProgress, openPackages } from './open-packages.js';
import { planConcept } from './plan-concept.js';
import { DrawingReader, type DrawnPicture } from './read-drawing.js';
import { renderPicture } from './render-picture.js';

export interface ConceptsOptions {
  /** The folder that the data go to. */
  out: string;
  /** Whose packages for training are drawn from, and whose drawings for test must not be among them. */
  list: DrawingList;
  /** The folder that packages are fetched into. */
  cache: string;
  seed: number;
  /** Packages that must have a concept. */
  sets: number;
  /** Pictures of a drawing for training; for test it is one. */
  pictures: number;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/** The file of a package that is a set of icons in Iconify's form. */
const ICONS = 'icons.json';

/** Drawings at work at once. */
const AT_ONCE = 4;

/**
 * Makes a folder of pictures of everyday concepts in many styles, from the sets of icons of a list's packages for training:
 * `train` and `test`, in each a folder a concept; with `manifest.jsonl`. What is there is not made again, and no file is
 * ever half. Drawings that are nearly one of the list for test, of whatever class, are not used.
 * @throws ConfigurationError where the folder is of other settings; InvalidInputError, FileAccessError; CancelledError.
 */
export async function makeConcepts(options: ConceptsOptions): Promise<ConceptsContent> {
  const { out, seed, sets, signal, onProgress } = options;
  const list = concerned(options.list);
  const sources = digest({ packages: list.packages, drawings: list.drawings });
  await beginFolder(out, 'concepts.json', { format: 1, seed, sets, pictures: options.pictures, sources });
  const folders = await openPackages(list, options);
  const reader = new DrawingReader();

  const names = new Map<string, string[]>();
  for (const { name, split } of list.packages) {
    const folder = folders.get(name)!;
    if (split !== 'train' || !existsSync(join(folder, ICONS))) continue;
    throwIfCancelled(signal);
    names.set(name, await reader.icons(folder, ICONS));
  }
  const tests = await inParallel(list.drawings, AT_ONCE, async (drawing, i) => {
    throwIfCancelled(signal);
    onProgress?.('reading the drawings for test', i / list.drawings.length);
    const picture = await reader.read(folders.get(drawing.package)!, drawing.file);
    return { drawing, hash: await differenceHash(picture) };
  });

  const concepts = listConcepts(names, { sets, seed });
  const content: ConceptsContent = { list, concepts: [...concepts.keys()], pictures: [], removed: [] };
  const random = new Random(seed);
  let done = 0;
  for (const [concept, icons] of concepts) {
    onProgress?.('drawing the pictures', done++ / concepts.size);
    const read = await inParallel(icons, AT_ONCE, async (icon) => {
      throwIfCancelled(signal);
      return readIcon(icon, (it) => reader.read(folders.get(it.package)!, `${ICONS}#${it.icon}`), tests);
    });
    content.removed.push(...read.flatMap((it) => ('removed' in it ? [it.removed] : [])));
    const left = read.flatMap((it) => ('drawn' in it ? [it] : []));
    const drawn = new Map(left.map((it) => [it.icon, it.drawn]));
    const planned = planConcept(concept, [...drawn.keys()], options);
    content.pictures.push(...planned);
    await inParallel(planned, AT_ONCE, async ({ path, icon, index }) => {
      throwIfCancelled(signal);
      if (existsSync(join(out, path))) return;
      const own = random.fork('picture', concept, icon.package, icon.icon, index);
      const picture = await renderPicture(drawn.get(icon)!, own, { isMirrored: false });
      await writeFileAtomically(join(out, path), [picture]);
    });
  }
  await writeFileAtomically(join(out, 'manifest.jsonl'), conceptLines(content));
  onProgress?.('done', 1);
  return content;
}

/** The packages of icons that may be fetched from anywhere, and the drawings for test. */
function concerned(list: DrawingList): DrawingList {
  const packages = list.packages.filter(({ from, split }) => split === 'test' || from !== 'debian');
  const isTest = new Set(packages.filter(({ split }) => split === 'test').map(({ name }) => name));
  return { ...list, packages, drawings: list.drawings.filter((drawing) => isTest.has(drawing.package)) };
}

/** An icon as it is drawn, or why it is not used. */
async function readIcon(
  icon: ConceptIcon,
  read: (icon: ConceptIcon) => Promise<DrawnPicture>,
  tests: readonly HashedDrawing[],
): Promise<{ icon: ConceptIcon; drawn: DrawnPicture } | { removed: RemovedIcon }> {
  let drawn: DrawnPicture;
  try {
    drawn = await read(icon);
  } catch (error) {
    // Nobody looked at these sets whole: some have an icon that is empty.
    if (!(error instanceof InvalidInputError)) throw error;
    return { removed: { icon, reason: error.message } };
  }
  const nearest = nearestDrawing(await differenceHash(drawn), tests);
  return nearest ? { removed: { icon, ...nearest } } : { icon, drawn };
}
