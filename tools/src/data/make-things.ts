import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Random, throwIfCancelled } from '@visual-echoes/core';
import { fileAccessError, writeFileAtomically } from '@visual-echoes/core/node';
import { beginFolder, digest } from './begin-folder.js';
import { differenceHash } from './difference-hash.js';
import type { DrawingList } from './drawing-list.js';
import { listEsc10 } from './list-esc10.js';
import { type HashedDrawing, type NearDuplicate, nearDuplicates } from './near-duplicates.js';
import { type OnProgress, openPackages } from './open-packages.js';
import { type PlannedPicture, planPictures } from './plan-pictures.js';
import { DrawingReader } from './read-drawing.js';
import { renderPicture } from './render-picture.js';
import { THINGS } from './things.js';
import { attribution, clipPath, manifestLines, type ThingsContent } from './things-manifest.js';

export interface MakeOptions {
  /** The folder that the data go to. */
  out: string;
  /** ESC-10's. */
  esc10: string;
  list: DrawingList;
  /** The folder that packages are fetched into. */
  cache: string;
  seed: number;
  /** Pictures of a class for training; for test it is a tenth. */
  perClass: number;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/**
 * Makes a folder of pictures and sounds of ten everyday things, that `visual-echoes prepare` takes: `train` and `test`, in
 * each a folder a class; with `manifest.jsonl` and `ATTRIBUTION.md`. What is there is not made again, and no file is ever
 * half.
 * @throws ConfigurationError where the folder is of other settings; InvalidInputError, FileAccessError; CancelledError.
 */
export async function makeThings(options: MakeOptions): Promise<ThingsContent> {
  const { out, list, seed, perClass, signal, onProgress } = options;
  const clips = await listEsc10(options.esc10);
  const sources = digest({ packages: list.packages, drawings: list.drawings, clips: clips.map(clipPath) });
  await beginFolder(out, 'things.json', { format: 1, seed, perClass, sources });
  const folders = await openPackages(list, options);
  const reader = new DrawingReader();
  const read = ({ package: name, file }: DrawingList['drawings'][0]) => reader.read(folders.get(name)!, file);

  const hashed: HashedDrawing[] = [];
  for (const [i, drawing] of list.drawings.entries()) {
    throwIfCancelled(signal);
    onProgress?.('comparing the drawings', i / list.drawings.length);
    hashed.push({ drawing, hash: await differenceHash(await read(drawing)) });
  }
  const removed = removedOf(hashed, list);
  const left = list.drawings.filter((drawing) => !removed.some((one) => one.drawing === drawing));
  const pictures = planPictures({ ...list, drawings: left }, { perClass });

  const missing = pictures.filter(({ path }) => !existsSync(join(out, path)));
  let done = 0;
  for (const [drawing, planned] of byDrawing(missing)) {
    const source = await read(drawing);
    const isMirrored = THINGS.some((thing) => thing.name === drawing.class && thing.isMirrored);
    for (const { path, split, index } of planned) {
      throwIfCancelled(signal);
      onProgress?.('drawing the pictures', done++ / missing.length);
      const random = new Random(seed).fork('picture', split, drawing.class, index);
      await writeFileAtomically(join(out, path), [await renderPicture(source, random, { isMirrored })]);
    }
  }
  for (const [i, clip] of clips.entries()) {
    throwIfCancelled(signal);
    onProgress?.('copying the sounds', i / clips.length);
    await copy(clip.path, join(out, clipPath(clip)));
  }
  const content = { list, pictures, clips, removed };
  await writeFileAtomically(join(out, 'ATTRIBUTION.md'), [attribution(content)]);
  await writeFileAtomically(join(out, 'manifest.jsonl'), manifestLines(content));
  onProgress?.('done', 1);
  return content;
}

function removedOf(hashed: readonly HashedDrawing[], { packages }: DrawingList): NearDuplicate[] {
  const isTest = new Set(packages.filter(({ split }) => split === 'test').map(({ name }) => name));
  return nearDuplicates(
    hashed.filter(({ drawing }) => !isTest.has(drawing.package)),
    hashed.filter(({ drawing }) => isTest.has(drawing.package)),
  );
}

/** So that each drawing is read once. */
function byDrawing(pictures: readonly PlannedPicture[]) {
  const groups = new Map<PlannedPicture['drawing'], PlannedPicture[]>();
  for (const picture of pictures) {
    const own = groups.get(picture.drawing);
    if (own) own.push(picture);
    else groups.set(picture.drawing, [picture]);
  }
  return groups;
}

async function copy(from: string, to: string): Promise<void> {
  const size = await stat(to).then(
    (found) => found.size,
    () => undefined,
  );
  const bytes = await readFile(from).catch((cause) => {
    throw fileAccessError('read', from, cause);
  });
  if (size !== bytes.length) await writeFileAtomically(to, [bytes]);
}
