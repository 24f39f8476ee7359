import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaKind } from './media-kind.js';
import { readPicture } from './read-picture.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes, typeof bytes === 'string' ? 'latin1' : undefined);
  return path;
}

const blank = (width: number, height: number, background = '#808080') =>
  sharp({ create: { width, height, channels: 3, background } });

describe('mediaKind', () => {
  it.each([
    ['a.txt', '\x89PNG\r\n\x1a\n', 'picture'],
    ['b.png', 'RIFF\0\0\0\0WAVEfmt ', 'sound'],
    ['c.wav', 'RIFF\0\0\0\0WEBPVP8 ', 'picture'],
    ['d', '\xff\xd8\xff\xe0', 'picture'],
    ['e.bin', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', 'picture'],
    ['f.m4a', '\0\0\0\x20ftypM4A ', 'sound'],
    ['g.jpg', '', 'picture'],
    ['h.WAV', '?', 'sound'],
    ['i.txt', 'hello', 'other'],
  ])('tells %s by how it begins, else by its name', async (name, head, kind) => {
    expect(await mediaKind(put(name, head))).toBe(kind);
  });
});

describe('readPicture', () => {
  it('gives grey pictures one channel and the same values, coloured ones three', async () => {
    const values = Uint8Array.from({ length: 28 * 28 }, (_, i) => i % 256);
    const grey = sharp(values, { raw: { width: 28, height: 28, channels: 1 } }).toColourspace('b-w');
    const read = await readPicture(put('grey.png', await grey.png().toBuffer()));
    expect(read).toMatchObject({ width: 28, height: 28, channels: 1 });
    expect([...read.data]).toEqual([...values]);
    const coloured = await readPicture(put('red.jpg', await blank(40, 30, '#f00').jpeg().toBuffer()));
    expect(coloured).toMatchObject({ width: 40, height: 30, channels: 3 });
  });

  it('turns as EXIF says, and makes what is transparent white', async () => {
    const turned = await blank(40, 20).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await readPicture(put('turned.jpg', turned))).toMatchObject({ width: 20, height: 40 });
    const clear = sharp({
      create: { width: 9, height: 9, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    });
    const { data } = await readPicture(put('clear.png', await clear.png().toBuffer()));
    expect(new Set(data)).toEqual(new Set([255]));
  });

  it('makes what is larger than any preprocessing needs smaller', async () => {
    const read = await readPicture(put('wide.png', await blank(3000, 1500).png().toBuffer()));
    expect([read.width, read.height]).toEqual([1280, 640]);
  });

  it('refuses more pixels than it reads, by name', async () => {
    const huge = put('huge.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>');
    await expect(readPicture(huge)).rejects.toThrow(/huge\.svg has .*(pixels|million)/);
  });
});
