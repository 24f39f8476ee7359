import { join } from 'node:path';
import { throwIfCancelled } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { contactSheet } from './contact-sheet.js';
import type { DrawingList } from './drawing-list.js';
import { type OnProgress, openPackages } from './open-packages.js';
import { DrawingReader } from './read-drawing.js';
import { SPLITS, THINGS } from './things.js';

/** Drawings of a sheet. */
const OF_A_SHEET = 100;

/** Draws every drawing of the list, as it is read, on sheets: `dog-train-1.png`, … @returns the sheets' paths. */
export async function drawSheets(
  list: DrawingList,
  out: string,
  options: { cache: string; signal?: AbortSignal; onProgress?: OnProgress },
): Promise<string[]> {
  const folders = await openPackages(list, options);
  const reader = new DrawingReader();
  const splitOf = new Map(list.packages.map(({ name, split }) => [name, split]));
  const paths: string[] = [];
  for (const [i, { name }] of THINGS.entries()) {
    for (const split of SPLITS) {
      const own = list.drawings.filter((it) => it.class === name && splitOf.get(it.package) === split);
      for (let from = 0; from < own.length; from += OF_A_SHEET) {
        options.onProgress?.('drawing the sheets', i / THINGS.length);
        const cells = [];
        for (const drawing of own.slice(from, from + OF_A_SHEET)) {
          throwIfCancelled(options.signal);
          const picture = await reader.read(folders.get(drawing.package)!, drawing.file);
          const set = drawing.package.replace('@iconify-json/', '');
          cells.push({ picture, lines: [set, drawing.variant] as const });
        }
        const path = join(out, `${name}-${split}-${1 + from / OF_A_SHEET}.png`);
        await writeFileAtomically(path, [await contactSheet(cells)]);
        paths.push(path);
      }
    }
  }
  return paths;
}
