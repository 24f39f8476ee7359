import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, FileAccessError, InvalidInputError } from '@visual-echoes/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listEsc10 } from './list-esc10.js';
import { THINGS } from './things.js';
import { write, writeEsc10 } from './things.test.helper.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-esc10-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('takes what is under CC0 and CC BY of a folder a class, fold 5 for test', async () => {
  writeEsc10(folder);
  const clips = await listEsc10(folder);
  expect(clips).toHaveLength(20);
  expect(clips.filter(({ split }) => split === 'test').every(({ name }) => name.startsWith('5-'))).toBe(true);
  expect(clips[0]).toEqual({
    ...{ path: join(folder, 'dog_bark/1-100-A.ogg'), name: '1-100-A.ogg', class: 'dog', split: 'train' },
    ...{ title: 'dog | loud', author: 'somebody', licence: 'CC0-1.0', home: 'https://freesound.org/s/100/' },
  });
});

it('takes ESC-10 out of ESC-50 as it is published', async () => {
  const rows = ['filename,fold,target,category,esc10,src_file,take', '1-5-A.wav,1,3,cow,False,5,A'];
  const lines = ['- [1-5-A.ogg]: clip derived from cow (http://a/5/) by c [CC0]'];
  for (const [i, { esc }] of THINGS.entries()) {
    rows.push(
      `5-${i}-B.wav,5,${i},${esc.at(-1)},True,${i},B`,
      `1-${i}-A.wav,1,${i},${esc.at(-1)},True,${i},A`,
    );
    lines.push(
      `- [5-${i}-B.ogg]:  clip derived from a (loud) sound by night (http://www.freesound.org/people/x%20y/sounds/${i}/) by x y [CC-BY]`,
      `- [1-${i}-A.ogg]: clip derived from b (http://a/) by z [CC-Sampling+]`,
    );
  }
  write(join(folder, 'meta/esc50.csv'), `${rows.join('\r\n')}\r\n`);
  write(join(folder, 'LICENSE'), lines.join('\n'));
  const clips = await listEsc10(folder);
  expect(clips.map(({ class: name }) => name)).toEqual(THINGS.map(({ name }) => name));
  expect(clips[0]).toMatchObject({
    ...{
      path: join(folder, 'audio/5-0-B.wav'),
      split: 'test',
      title: 'a (loud) sound by night',
      author: 'x y',
    },
    ...{ licence: 'CC-BY-3.0', home: 'https://freesound.org/s/0/' },
  });
});

it('says what is wrong with a folder', async () => {
  await expect(listEsc10(join(folder, 'absent'))).rejects.toThrow(FileAccessError);
  await expect(listEsc10(folder)).rejects.toThrow(ConfigurationError);
  writeEsc10(folder);
  rmSync(join(folder, 'chainsaw'), { recursive: true });
  await expect(listEsc10(folder)).rejects.toThrow(InvalidInputError);
  await expect(listEsc10(folder)).rejects.toThrow('no sound of chainsaw');
});
