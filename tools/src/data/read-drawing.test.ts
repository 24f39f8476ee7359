import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAccessError, InvalidInputError } from '@visual-echoes/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { differenceHash, hashDistance } from './difference-hash.js';
import { DrawingReader } from './read-drawing.js';
import { write } from './things.test.helper.js';

let folder: string;
const reader = new DrawingReader();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-drawings-'));
  const body = '<path fill="currentColor" d="M2 2h8v4H2z"/>';
  const icons = { wide: { body, width: 12 }, red: { body: body.replace('currentColor', 'red') } };
  write(
    join(folder, 'icons.json'),
    JSON.stringify({ icons, aliases: { same: { parent: 'wide' } }, height: 8 }),
  );
  write(
    join(folder, 'font.svg'),
    '<svg><font><font-face units-per-em="100" ascent="90"/>' +
      '<glyph unicode="a" glyph-name="low" horiz-adv-x="100" d="M0 -10h100v20h-100z"/></font></svg>',
  );
  const svg = (size: string, content: string) =>
    `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" ${size}>${content}</svg>`;
  write(
    join(folder, 'inches.svg'),
    svg('width="2in" height="1in"', '<path fill="#00f" d="M90 0h90v90h-90z"/>'),
  );
  write(join(folder, 'empty.svg'), svg('viewBox="0 0 9 9"', ''));
  write(join(folder, 'broken.svg'), '<svg');
  write(join(folder, 'corner.svg'), svg('viewBox="0 0 9 9"', '<path d="M1 1h7l-7 7z"/>'));
  write(join(folder, 'mirrored.svg'), svg('viewBox="0 0 90 90"', '<path d="M80 10h-70l70 70z"/>'));
  write(
    join(folder, 'ring.svg'),
    svg('viewBox="0 0 9 9"', '<circle cx="4" cy="4" r="3" stroke="#0f0" fill="none"/>'),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

it('reads an icon of a set, also by its second name, without the space around it', async () => {
  const icon = await reader.read(folder, 'icons.json#wide');
  expect(icon.isMonochrome).toBe(true);
  expect(icon.width / icon.height).toBeCloseTo(2, 1);
  expect(await reader.read(folder, 'icons.json#same')).toEqual(icon);
  expect((await reader.read(folder, 'icons.json#red')).isMonochrome).toBe(false);
});

it("reads a font's glyph, whose y goes up, down to its descent", async () => {
  const { width, height, isMonochrome } = await reader.read(folder, 'font.svg#low');
  expect(isMonochrome).toBe(true);
  expect(width / height).toBeCloseTo(5, 1);
});

it('reads an SVG that has only a size, of 90 units an inch', async () => {
  const { width, height, data } = await reader.read(folder, 'inches.svg');
  expect(width / height).toBeCloseTo(1, 1);
  expect([...data.slice(0, 4)]).toEqual([0, 0, 255, 255]);
});

it('refuses what is not there, or shows nothing', async () => {
  await expect(reader.read(folder, 'absent.svg')).rejects.toThrow(FileAccessError);
  for (const file of ['icons.json#absent', 'font.svg#absent', 'empty.svg', 'broken.svg']) {
    await expect(reader.read(folder, file)).rejects.toThrow(InvalidInputError);
  }
});

it('hashes a drawing as its mirror and its copy of another size, and not as another drawing', async () => {
  const [corner, mirrored, ring] = await Promise.all(
    ['corner.svg', 'mirrored.svg', 'ring.svg'].map(async (file) =>
      differenceHash(await reader.read(folder, file)),
    ),
  );
  expect(hashDistance(corner, corner)).toBe(0);
  expect(hashDistance(corner, mirrored)).toBeLessThan(16);
  expect(hashDistance(corner, ring)).toBeGreaterThan(50);
});
