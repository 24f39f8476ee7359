import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledError, ConfigurationError } from '@visual-echoes/core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countThings } from './count-things.js';
import type { DrawingList } from './drawing-list.js';
import { type MakeOptions, makeThings } from './make-things.js';
import { THINGS } from './things.js';
import { filesOf, manifestOf, write, writeDrawings, writeEsc10 } from './things.test.helper.js';

let folder: string;
let options: MakeOptions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-things-'));
  const list = writeDrawings(join(folder, 'list'));
  writeEsc10(join(folder, 'esc10'));
  const at = (name: string) => join(folder, name);
  options = { out: at('out'), esc10: at('esc10'), list, cache: at('cache'), seed: 3, perClass: 3 };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('makeThings', () => {
  it('makes a class folder a split, and says of every file where it is from', async () => {
    const content = await makeThings(options);
    const media = filesOf(options.out).filter((file) => /^(train|test)\//.test(file));
    const entries = manifestOf(options.out);
    expect(entries.map(({ file }) => file).sort()).toEqual(media);
    for (const entry of entries) {
      expect(entry.file.startsWith(`${entry.split}/${entry.class}/`)).toBe(true);
      expect(entry.author && entry.licence && entry.home).toBeTruthy();
    }
    for (const { name } of THINGS) {
      const own = (split: string, kind: string) =>
        entries.filter((it) => it.class === name && it.split === split && it.kind === kind);
      expect(own('train', 'picture').map((it) => it.variant)).toEqual(
        ['triangle', 'square', 'triangle'], // in turn
      );
      expect(new Set(own('train', 'picture').map((it) => it.source)).size).toBe(3);
      expect(own('test', 'picture').map((it) => it.package)).toEqual(['other']);
      expect(own('train', 'sound')).toHaveLength(1);
      expect(own('test', 'sound')).toHaveLength(1);
    }
    const about = await sharp(join(options.out, media.find((file) => file.endsWith('.png'))!)).metadata();
    expect(about).toMatchObject({ format: 'png', width: 128, height: 128, channels: 3, hasAlpha: false });
    const credits = readFileSync(join(options.out, 'ATTRIBUTION.md'), 'utf8');
    expect(credits).toContain('| plain | plain 1 | 30 | author of plain | CC0-1.0 | nowhere |');
    expect(credits).toContain(
      '| 5-100-A.ogg | dog \\| loud | somebody | CC-BY-3.0 | https://freesound.org/s/100/ |',
    );
    expect(countThings(content).split('\n').at(-1)!.trim().split(/\s+/)).toEqual(
      'all 20 30 30 10 10 10 10 10'.split(' '),
    );
  });

  it('goes on where it was, with the same bytes, and not with other settings', async () => {
    await makeThings(options);
    const path = (file: string) => join(options.out, file);
    const pictures = filesOf(options.out).filter((file) => file.startsWith('train/dog/0'));
    const before = pictures.map((file) => readFileSync(path(file)));
    const kept = statSync(path(pictures[1])).mtimeMs;
    rmSync(path(pictures[0]));
    await makeThings(options);
    expect(pictures.map((file) => readFileSync(path(file)))).toEqual(before);
    expect(statSync(path(pictures[1])).mtimeMs).toBe(kept);
    await expect(makeThings({ ...options, seed: 4 })).rejects.toThrow(/seed 3, not 4/);
    const fewer: DrawingList = { ...options.list, drawings: options.list.drawings.slice(1) };
    await expect(makeThings({ ...options, list: fewer })).rejects.toThrow(ConfigurationError);
  });

  it('leaves nothing half when it is stopped', async () => {
    const stop = new AbortController();
    const onProgress = (doing: string, share: number) => {
      if (doing === 'drawing the pictures' && share > 0.5) stop.abort();
    };
    await expect(makeThings({ ...options, signal: stop.signal, onProgress })).rejects.toThrow(CancelledError);
    const files = filesOf(options.out);
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => !/^(train|test)\/.*\.png$|^things\.json$/.test(file))).toEqual([]);
    await makeThings(options);
    expect(filesOf(options.out)).toHaveLength(30 + 10 + 20 + 3);
  });

  it('does not train on a drawing that is one for test, also mirrored and in another colour', async () => {
    const shape = (colour: string, turn: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><g transform="${turn}"><path d="M1 1h5l3 9l9 8h-17z" fill="${colour}"/></g></svg>`;
    write(join(folder, 'list/plain/dog-red.svg'), shape('#922', 'matrix(-1 0 0 1 20 0)'));
    write(join(folder, 'list/other/dog.svg'), shape('#a33', ''));
    const bars = '<path d="M1 1h2v18h-2zM6 1h2v18h-2zM11 1h2v18h-2zM16 1h2v18h-2z"/>';
    write(join(folder, 'list/plain/dog-one.svg'), shape('#fff', '').replace(/<g.*<\/g>/, bars));
    const { removed } = await makeThings(options);
    expect(removed.map(({ drawing, near }) => [drawing.file, near.file])).toEqual([
      ['dog-red.svg', 'dog.svg'],
    ]);
    const entries = manifestOf(options.out);
    expect(entries.at(-1)).toMatchObject({
      kind: 'removed',
      source: 'dog-red.svg',
      near: { source: 'dog.svg' },
    });
    expect(entries.filter(({ kind, source }) => kind === 'picture' && source === 'dog-red.svg')).toEqual([]);
  });
});
