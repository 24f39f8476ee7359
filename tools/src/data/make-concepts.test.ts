import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledError, ConfigurationError } from '@visual-echoes/core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConceptsOptions, makeConcepts } from './make-concepts.js';
import { filesOf, manifestOf, writeIconSets } from './things.test.helper.js';

let folder: string;
let options: ConceptsOptions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-concepts-'));
  const list = writeIconSets(join(folder, 'list'));
  options = { out: join(folder, 'out'), list, cache: join(folder, 'cache'), seed: 3, sets: 2, pictures: 2 };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('makeConcepts', () => {
  it('draws what enough sets for training have, and says of every picture where it is from', async () => {
    const content = await makeConcepts(options);
    expect(content.concepts).toEqual(['cat', 'dog', 'moon']);
    const entries = manifestOf(options.out);
    const pictures = entries.filter(({ kind }) => kind === 'picture');
    expect(filesOf(options.out)).toEqual(
      ['concepts.json', 'manifest.jsonl', ...pictures.map(({ file }) => file)].sort(),
    );
    for (const { file, split, concept, ...rest } of pictures) {
      expect(file.startsWith(`${split}/${concept}/`)).toBe(true);
      expect(rest).toMatchObject({ author: `author of ${rest.package}`, licence: 'CC0-1.0', version: '1' });
    }
    const drawings = (concept: string) => {
      const own = pictures.filter((it) => it.concept === concept);
      return [...new Set(own.map((it) => `${it.package} ${it.icon}`))];
    };
    expect(drawings('cat')).toEqual(['one cat', 'two cat-bold']);
    expect(drawings('dog').map((it) => it.split(' ')[0])).toEqual(['one', 'one', 'two', 'three']);
    expect(drawings('moon')).toEqual([]);
    const about = await sharp(join(options.out, pictures[0].file)).metadata();
    expect(about).toMatchObject({ format: 'png', width: 128, height: 128, channels: 3, hasAlpha: false });
  });

  it('leaves out what is a drawing for test of another class, or empty, and says so', async () => {
    await makeConcepts(options);
    const removed = manifestOf(options.out).filter(({ kind }) => kind === 'removed');
    expect(removed).toHaveLength(3);
    expect(removed[0]).toMatchObject({ package: 'three', icon: 'cat' });
    expect(removed[0].reason).toMatch(/cannot be drawn/);
    const near = { package: 'other', source: 'clock.svg' };
    for (const [i, name] of ['one', 'three'].entries()) {
      expect(removed[1 + i]).toMatchObject({ package: name, icon: 'moon', near, distance: 0 });
    }
  });

  it('goes on where it was, with the same bytes, and not with other settings', async () => {
    await makeConcepts(options);
    const path = (file: string) => join(options.out, file);
    const files = filesOf(options.out).filter((file) => file !== 'concepts.json');
    const before = files.map((file) => readFileSync(path(file)));
    const kept = statSync(path(files[2])).mtimeMs;
    for (const file of files.slice(0, 2)) rmSync(path(file));
    await makeConcepts(options);
    expect(files.map((file) => readFileSync(path(file)))).toEqual(before);
    expect(statSync(path(files[2])).mtimeMs).toBe(kept);
    await expect(makeConcepts({ ...options, sets: 3 })).rejects.toThrow(/sets 2, not 3/);
    const list = { ...options.list, packages: options.list.packages.slice(1) };
    await expect(makeConcepts({ ...options, list })).rejects.toThrow(ConfigurationError);
  });

  it('leaves nothing half when it is stopped', async () => {
    const stop = new AbortController();
    const onProgress = (doing: string, share: number) => {
      if (doing === 'drawing the pictures' && share > 0.5) stop.abort();
    };
    await expect(makeConcepts({ ...options, signal: stop.signal, onProgress })).rejects.toThrow(
      CancelledError,
    );
    const files = filesOf(options.out);
    expect(files.length).toBeGreaterThan(4);
    expect(files.filter((file) => !/^(train|test)\/.*\.png$|^concepts\.json$/.test(file))).toEqual([]);
  });
});
