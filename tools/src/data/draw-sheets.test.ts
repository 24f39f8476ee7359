import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { drawSheets } from './draw-sheets.js';
import { THINGS } from './things.js';
import { writeDrawings } from './things.test.helper.js';

it('draws each drawing of the list on a sheet of its class and split', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'visual-echoes-sheets-'));
  try {
    const out = join(folder, 'sheets');
    const paths = await drawSheets(writeDrawings(folder), out, { cache: join(folder, 'cache') });
    expect(paths).toHaveLength(2 * THINGS.length);
    expect(readdirSync(out)).toContain('dog-train-1.png');
    const { data, info } = await sharp(join(out, 'dog-train-1.png'))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const has = (column: number, [r, g, b]: readonly number[]) => {
      const at = (i: number) => 3 * (Math.floor(i / 110) * info.width + 110 * column + (i % 110));
      return Array.from({ length: 110 ** 2 }, (_, i) => at(i)).some(
        (i) => data[i] === r && data[i + 1] === g && data[i + 2] === b,
      );
    };
    const [red, blue] = [
      [255, 0, 0],
      [0, 0, 255],
    ] as const;
    expect([has(0, red), has(0, blue), has(1, red), has(1, blue)]).toEqual([true, false, false, true]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
