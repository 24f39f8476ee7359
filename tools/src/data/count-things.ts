import { formatTable } from '../bench/summary.js';
import { SPLITS, THINGS } from './things.js';
import type { ThingsContent } from './things-manifest.js';

/** What is counted: a drawing in other colours or strokes is one drawing, and another file. */
const COUNTED = ['drawings', 'files', 'pictures', 'sounds'];

/** A table of how many drawings, pictures and sounds each class has in each split, for people. */
export function countThings({ pictures, clips }: ThingsContent): string {
  const rows = THINGS.map(({ name }) =>
    SPLITS.flatMap((split) => {
      const own = pictures.filter((it) => it.split === split && it.drawing.class === name);
      const files = new Set(own.map(({ drawing }) => drawing));
      const drawings = new Set([...files].map((it) => `${it.package} ${it.variant}`));
      const sounds = clips.filter((it) => it.split === split && it.class === name);
      return [drawings.size, files.size, own.length, sounds.length];
    }),
  );
  const sums = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0));
  const head = SPLITS.flatMap((split) => COUNTED.map((it) => (it === COUNTED[0] ? `${split}: ${it}` : it)));
  return formatTable([
    ['', ...head],
    ...THINGS.map(({ name }, i) => [name, ...rows[i].map(String)]),
    ['all', ...sums.map(String)],
  ]);
}
