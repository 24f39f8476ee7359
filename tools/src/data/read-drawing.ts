import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError, readJson } from '@visual-echoes/core/node';
import sharp from 'sharp';
import { getOr } from './get-or.js';

/** The longest side of a drawing as it is read, in pixels. */
const SIDE = 320;

/** A drawing without the empty space around it. */
export interface DrawnPicture {
  width: number;
  height: number;
  /** RGBA, [height × width × 4]. */
  data: Uint8Array;
  /** Drawn in one ink, which may be any. */
  isMonochrome: boolean;
}

interface Icon {
  body: string;
  left?: number;
  top?: number;
  width?: number;
  height?: number;
  /** Was taken out of the set, and is there for those who use it. */
  hidden?: boolean;
}

/** Iconify's form of a set of icons: https://iconify.design/docs/types/iconify-json.html. */
interface IconSet {
  icons: Record<string, Icon>;
  aliases?: Record<string, { parent: string }>;
  width?: number;
  height?: number;
}

/** Reads the drawings of packages; each set of icons and each font is read once. */
export class DrawingReader {
  private readonly sets = new Map<string, Promise<IconSet>>();
  private readonly fonts = new Map<string, Promise<string>>();

  /**
   * A drawing of a package's folder, cut out of its empty space.
   * @throws FileAccessError; InvalidInputError where the drawing is not there, or there is nothing on it.
   */
  async read(folder: string, file: string): Promise<DrawnPicture> {
    const [path, name] = file.split('#');
    const full = join(folder, path);
    if (name === undefined) return cutOut(scaledSvg(await readBytes(full)), file);
    return cutOut(path.endsWith('.json') ? await this.icon(full, name) : await this.glyph(full, name), file);
  }

  /** The names of a set's icons, but for the hidden ones. @throws FileAccessError */
  async icons(folder: string, file: string): Promise<string[]> {
    const { icons } = await this.set(join(folder, file));
    return Object.keys(icons).filter((name) => !icons[name].hidden);
  }

  private set(path: string): Promise<IconSet> {
    return getOr(this.sets, path, () => readJson(path) as Promise<IconSet>);
  }

  private async icon(path: string, name: string): Promise<Buffer> {
    const set = await this.set(path);
    const icon = set.icons[set.aliases?.[name]?.parent ?? name];
    if (!icon) throw new InvalidInputError(`${path} has no icon ${name}; the list is of another version.`);
    const { width = set.width ?? 16, height = set.height ?? 16, left = 0, top = 0 } = icon;
    return svg(`${left} ${top} ${width} ${height}`, icon.body);
  }

  private async glyph(path: string, name: string): Promise<Buffer> {
    const font = await getOr(this.fonts, path, async () => (await readBytes(path)).toString('utf8'));
    const glyph = font.match(/<glyph\b[^>]*>/g)?.find((tag) => attribute(tag, 'glyph-name') === name);
    const outline = glyph && attribute(glyph, 'd');
    if (!outline)
      throw new InvalidInputError(`${path} has no glyph ${name}; the list is of another version.`);
    const em = Number(attribute(font, 'units-per-em') ?? 1024);
    const width = Number(attribute(glyph, 'horiz-adv-x') ?? em);
    const ascent = Number(attribute(font, 'ascent') ?? em);
    // A font's y goes up.
    const body = `<path transform="matrix(1 0 0 -1 0 ${ascent})" d="${outline}"/>`;
    return svg(`0 0 ${width} ${em}`, body);
  }
}

const readBytes = (path: string) =>
  readFile(path).catch((cause) => {
    throw fileAccessError('read', path, cause);
  });

const attribute = (tag: string, name: string) =>
  tag.match(new RegExp(`\\b${name}\\s*=\\s*(["'])(.*?)\\1`, 's'))?.[2];

const svg = (box: string, body: string) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${box}" ` +
      `width="${SIDE}" height="${SIDE}">${body.replaceAll('currentColor', '#000')}</svg>`,
  );

/** Pixels of a unit of SVG, where an inch has 90: what drew without a `viewBox` reckoned so (Inkscape before 0.92). */
const UNITS: Record<string, number> = {
  '': 1,
  px: 1,
  pt: 1.25,
  pc: 15,
  mm: 90 / 25.4,
  cm: 90 / 2.54,
  in: 90,
};

/** An SVG file so large that its longer side is `SIDE`; all else as it is. */
function scaledSvg(bytes: Buffer): Buffer {
  const text = bytes.toString('utf8');
  const tag = text.match(/<svg\b[^>]*>/)?.[0];
  if (!tag) return bytes;
  const [width, height] = ['width', 'height'].map((name) => {
    const [, number, unit] = attribute(tag, name)?.match(/^\s*([\d.]+)\s*([a-z]*)\s*$/) ?? [];
    return Number(number) * (UNITS[unit ?? ''] ?? Number.NaN);
  });
  const box = attribute(tag, 'viewBox') ?? `0 0 ${width} ${height}`;
  const [w, h] = box
    .trim()
    .split(/[\s,]+/)
    .map(Number)
    .slice(2);
  if (!(w > 0 && h > 0)) return bytes;
  const scale = SIDE / Math.max(w, h);
  const bare = tag.replaceAll(/\s(width|height|viewBox)\s*=\s*("[^"]*"|'[^']*')/g, '');
  const sized = `<svg viewBox="${box}" width="${w * scale}" height="${h * scale}"${bare.slice(4)}`;
  return Buffer.from(text.replace(tag, () => sized));
}

async function cutOut(bytes: Buffer, file: string): Promise<DrawnPicture> {
  try {
    const scaled = await sharp(bytes)
      .resize(SIDE, SIDE, { fit: 'inside' })
      .toColourspace('srgb')
      .ensureAlpha()
      .png()
      .toBuffer();
    const { data, info } = await sharp(scaled)
      .trim({ threshold: 8 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = { width: info.width, height: info.height, data: new Uint8Array(data) };
    if (!picture.data.some((value, at) => at % 4 === 3 && value > 64))
      throw new Error('there is nothing on it');
    return { ...picture, isMonochrome: isMonochrome(picture.data) };
  } catch (cause) {
    throw new InvalidInputError(`${file} cannot be drawn: ${(cause as Error).message.split('\n')[0]}.`, {
      cause,
    });
  }
}

/** Whether all that can be seen is black, and all else transparent. */
function isMonochrome(data: Uint8Array): boolean {
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 64 && Math.max(data[at], data[at + 1], data[at + 2]) > 40) return false;
  }
  return true;
}
