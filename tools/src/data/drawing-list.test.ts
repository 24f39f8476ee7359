import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '@visual-echoes/core';
import { expect, it } from 'vitest';
import { readDrawingList } from './drawing-list.js';
import { THINGS } from './things.js';
import { write } from './things.test.helper.js';

it('has at least eight drawings for training of each thing and one for test, under open licences', async () => {
  const { packages, drawings } = await readDrawingList(
    fileURLToPath(new URL('../../data/things.json', import.meta.url)),
  );
  for (const { name } of THINGS) {
    const count = (split: string) => {
      const own = new Set(packages.filter((it) => it.split === split).map((it) => it.name));
      const found = drawings.filter((it) => it.class === name && own.has(it.package));
      return new Set(found.map((it) => `${it.package} ${it.variant}`)).size;
    };
    expect(count('train')).toBeGreaterThanOrEqual(8);
    expect(count('test')).toBeGreaterThanOrEqual(1);
  }
  for (const { name, licence } of packages) {
    expect(licence, name).toMatch(/^(CC0-1\.0|CC-PDDC|CC-BY(-SA)?-[34]\.0|MIT|ISC|Apache-2\.0|OFL-1\.1)$/);
    expect(drawings.some((drawing) => drawing.package === name)).toBe(true);
  }
});

it('says what is wrong in a list', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'visual-echoes-list-'));
  const one = {
    ...{ name: 'a', version: '1', from: 'npm', style: 's', split: 'train' },
    ...{ author: 'b', licence: 'MIT', home: 'c' },
  };
  const dog = { package: 'a', file: 'dog.svg', class: 'dog', variant: 'dog' };
  const read = (list: object) => {
    write(join(folder, 'list.json'), JSON.stringify(list));
    return readDrawingList(join(folder, 'list.json'));
  };
  try {
    expect((await read({ packages: [one], drawings: [dog] })).folder).toBe(folder);
    for (const [list, message] of [
      [{ packages: [one] }, 'must have'],
      [{ packages: [{ ...one, author: undefined }], drawings: [] }, 'lacks an entry'],
      [{ packages: [one, { ...one, name: 'b', split: 'test' }], drawings: [] }, 'for train and for test'],
      [{ packages: [one], drawings: [{ ...dog, package: 'b' }] }, 'of no package'],
      [{ packages: [one], drawings: [{ ...dog, class: 'cat' }] }, 'the class "cat"'],
      [{ packages: [one], drawings: [dog, dog] }, 'twice'],
    ] as const) {
      const error = await read(list).catch((it) => it);
      expect(error).toBeInstanceOf(InvalidInputError);
      expect(error.message).toContain(message);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
