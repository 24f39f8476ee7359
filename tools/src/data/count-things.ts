import { SPLITS, THINGS } from './things.js';
import type { ThingsContent } from './things-manifest.js';

/** A table of how many drawings, pictures and sounds each class has in each split, for people. */
export function countThings({ pictures, clips }: ThingsContent): string {
  const head = [
    'class',
    ...SPLITS.flatMap((split) => ['drawings', 'files', 'pictures', 'sounds'].map((it) => `${split} ${it}`)),
  ];
  const rows = THINGS.map(({ name }) => [
    name,
    ...SPLITS.flatMap((split) => {
      const own = pictures.filter((it) => it.split === split && it.drawing.class === name);
      const drawings = new Set(own.map(({ drawing }) => `${drawing.package} ${drawing.variant}`));
      const files = new Set(own.map(({ drawing }) => drawing));
      const sounds = clips.filter((it) => it.split === split && it.class === name);
      return [drawings.size, files.size, own.length, sounds.length];
    }),
  ]);
  const sums = head.slice(1).map((_, i) => rows.reduce((sum, row) => sum + Number(row[i + 1]), 0));
  return [head, ...rows, ['all', ...sums]]
    .map(([name, ...cells]) => {
      const columns = cells.map((cell, i) => String(cell).padStart(head[i + 1].length));
      return [String(name).padEnd(11), ...columns].join('  ');
    })
    .join('\n');
}
