import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Random } from '@visual-echoes/core';
import { type Picture, toMnistForm } from '@visual-echoes/vq-image';
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

/** Every pixel near to red, green and blue. */
function expectColour({ channels, data }: Picture, rgb: readonly number[], tolerance: number): void {
  expect(channels).toBe(3);
  const largest = data.reduce((most, value, i) => Math.max(most, Math.abs(value - rgb[i % 3])), 0);
  expect(largest).toBeLessThanOrEqual(tolerance);
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

  // sRGB of lossy formats within 3 of 255; CMYK goes through a printer's profile and back.
  it.each([
    ['png', 0],
    ['jpeg', 3],
    ['webp', 3],
    ['avif', 3],
    ['gif', 0],
    ['tiff', 0],
  ] as const)('reads %s', async (format, tolerance) => {
    const bytes = await blank(40, 30, '#c08040').toFormat(format).toBuffer();
    expectColour(await readPicture(put(`no-name-for-it-${format}`, bytes)), [192, 128, 64], tolerance);
  });

  it('reads 16 bits a value, palettes and CMYK', async () => {
    const deep = Uint16Array.from({ length: 40 * 30 }, (_, i) => i * 50);
    const raw = { width: 40, height: 30, channels: 1 } as const;
    const grey = await sharp(deep, { raw }).toColourspace('grey16').png().toBuffer();
    const read = await readPicture(put('deep.png', grey));
    expect(read.channels).toBe(1);
    expect(read.data.every((value, i) => Math.abs(value - deep[i] / 257) <= 1)).toBe(true);
    const colour = blank(40, 30, '#c08040');
    const rgb16 = await colour.clone().toColourspace('rgb16').png().toBuffer();
    expectColour(await readPicture(put('rgb16.png', rgb16)), [192, 128, 64], 1);
    const palette = await colour.clone().png({ palette: true }).toBuffer();
    expectColour(await readPicture(put('palette.png', palette)), [192, 128, 64], 0);
    const cmyk = await colour.clone().toColourspace('cmyk').jpeg().toBuffer();
    expectColour(await readPicture(put('cmyk.jpg', cmyk)), [192, 128, 64], 24);
  });

  it('takes the first frame of what moves', async () => {
    const frames = await sharp({ create: { width: 16, height: 32, channels: 3, background: '#f00' } })
      .composite([{ input: await blank(16, 16, '#00f').png().toBuffer(), top: 16, left: 0 }])
      .removeAlpha()
      .raw()
      .toBuffer();
    const raw = { width: 16, height: 32, channels: 3, pageHeight: 16 } as const;
    for (const format of ['gif', 'webp'] as const) {
      const moving = await sharp(frames, { raw }).toFormat(format, { lossless: true }).toBuffer();
      const read = await readPicture(put(`moving.${format}`, moving));
      expect([read.width, read.height]).toEqual([16, 16]);
      expectColour(read, [255, 0, 0], 0);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns and mirrors as EXIF orientation %d says', async (orientation) => {
    // Dark in the corner that is the upper left one of the picture as it is to be seen.
    const [x, y] = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 0],
    ][orientation - 1];
    const corner = await blank(8, 8, '#000').png().toBuffer();
    const stored = await blank(40, 24, '#fff')
      .composite([{ input: corner, left: x * 32, top: y * 16 }])
      .withMetadata({ orientation })
      .jpeg({ quality: 100 })
      .toBuffer();
    const { width, height, data } = await readPicture(put('turned.jpg', stored));
    expect([width, height]).toEqual(orientation < 5 ? [40, 24] : [24, 40]);
    expect(data[3 * (2 * width + 2)]).toBeLessThan(30);
    expect(data[3 * (width * height - 1)]).toBeGreaterThan(225);
  });

  it.each(['png', 'webp', 'gif', 'svg'])(
    'finds a transparent drawing, black or white: %s',
    async (format) => {
      const drawn = await Promise.all(
        ['#000', '#fff'].map(async (ink) => {
          const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="200" height="200">
          <path d="M30 25 H70 L45 80" fill="none" stroke="${ink}" stroke-width="8"/></svg>`;
          const image = sharp(Buffer.from(svg));
          const bytes = format === 'svg' ? svg : await image.toFormat(format as 'png').toBuffer();
          return toMnistForm(await readPicture(put(`ink-${ink.slice(1)}.${format}`, bytes)));
        }),
      );
      expect(Math.max(...drawn[0].data)).toBe(255);
      // Of the same seven, whatever its ink: on average within 2 of 255.
      const difference = drawn[0].data.reduce((sum, value, i) => sum + Math.abs(value - drawn[1].data[i]), 0);
      expect(difference / drawn[0].data.length).toBeLessThan(2);
    },
  );

  it('fills transparent edges of a photograph with its page, and nothing with white', async () => {
    const page = (background: string, ink: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="19" fill="${background}"/>
      <rect x="18" y="10" width="4" height="20" fill="${ink}"/></svg>`;
    expect((await readPicture(put('page.svg', page('#eee', '#111')))).data[0]).toBe(255);
    expect((await readPicture(put('board.svg', page('#111', '#eee')))).data[0]).toBe(0);
    const clear = sharp({
      create: { width: 9, height: 9, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    });
    const { data } = await readPicture(put('clear.png', await clear.png().toBuffer()));
    expect(new Set(data)).toEqual(new Set([255]));
  });

  it('loads nothing that an SVG names', async () => {
    put('secret.png', await blank(20, 20, '#f00').png().toBuffer());
    const { data } = await readPicture(
      put(
        'outside.svg',
        `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="20" height="20">
          <image xlink:href="secret.png" width="20" height="20"/></svg>`,
      ),
    );
    expect(new Set(data)).toEqual(new Set([255]));
  });

  it('makes what is larger than any preprocessing needs smaller', async () => {
    const read = await readPicture(put('wide.png', await blank(3000, 1500).png().toBuffer()));
    expect([read.width, read.height]).toEqual([1280, 640]);
  });

  it('refuses more pixels than it reads, by name', async () => {
    const huge = put('huge.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>');
    await expect(readPicture(huge)).rejects.toThrow(/huge\.svg has .*(pixels|million)/);
    // A header that claims more than there is costs nothing.
    const bytes = await blank(8, 8).png().toBuffer();
    bytes.writeUInt32BE(60_000, 16);
    bytes.writeUInt32BE(60_000, 20);
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    await expect(readPicture(put('claims.png', bytes))).rejects.toThrow(/claims\.png has .*million/);
  });

  it('refuses rows of millions of pixels', async () => {
    const bytes = await blank(8, 8).png().toBuffer();
    bytes.writeUInt32BE(2_000_000, 16);
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    await expect(readPicture(put('row.png', bytes))).rejects.toThrow(
      /row\.png has 2000000×8 pixels, .* a side/,
    );
  });

  it('refuses drawings that grow without end', async () => {
    const groups = Array.from(
      { length: 12 },
      (_, i) => `<g id="a${i + 1}">${`<use xlink:href="#a${i}"/>`.repeat(10)}</g>`,
    ).join('');
    const laughs = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">
      <defs><rect id="a0" width="1" height="1"/>${groups}</defs><use xlink:href="#a12"/></svg>`;
    await expect(readPicture(put('laughs.svg', laughs))).rejects.toThrow(/laughs\.svg is damaged/);
    const entities = Array.from(
      { length: 12 },
      (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`,
    ).join('');
    const billion = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a0 "a">${entities}]>
      <svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&a12;</text></svg>`;
    await expect(readPicture(put('billion.svg', billion))).rejects.toThrow(/billion\.svg is damaged/);
  });

  it.each(['png', 'jpeg', 'webp', 'avif', 'gif', 'tiff'] as const)(
    'refuses %s that is cut off',
    async (format) => {
      const noise = Uint8Array.from(new Random(1).uniforms(64 * 64 * 3, 0, 256));
      const bytes = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
        .toFormat(format)
        .toBuffer();
      for (const share of [0.02, 0.5]) {
        const cut = put('cut', bytes.subarray(0, Math.max(12, bytes.length * share)));
        await expect(readPicture(cut)).rejects.toMatchObject({
          code: 'invalid-input',
          message: expect.stringMatching(/cut is (damaged|of a format)/),
        });
      }
    },
  );
});
