import { StudioError } from '../studio/studio-error.js';

/** Larger drawings take the browser too long to paint. */
const MOST_BYTES = 2e6;
const BEGINNING = /^\s*<(?:\?xml|!--|!doctype\s+svg|(?:\w+:)?svg[\s>/])/i;
const NAME = /<(?:\w+:)?svg(?=[\s/>])/iy;
const ATTRIBUTES = /(?:[^<>"'/]+|"[^"]*"|'[^']*')*/y;
const ATTRIBUTE = /\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * An SVG drawing whose size is given in pixels, `side` the longer one: browsers differ in how large they show one that has
 * no size or one in per cent, and would paint all pixels of an enormous one. Undefined for what is no SVG.
 *
 * Only the first tag is read: a page's policy would complain about each style that a parsed drawing holds.
 *
 * @throws StudioError `invalid-input` for a damaged drawing, or one without any size.
 */
export function readSvg(bytes: Uint8Array, side: number): Blob | undefined {
  if (!BEGINNING.test(new TextDecoder().decode(bytes.subarray(0, 200)))) return undefined;
  if (bytes.length > MOST_BYTES) {
    throw refused(
      `The SVG drawing has ${(bytes.length / 1e6).toFixed(1)} MB; 2 are taken. Save it as PNG, and choose that.`,
    );
  }
  const text = new TextDecoder().decode(bytes);
  const start = matched(NAME, text, afterProlog(text));
  const end = matched(ATTRIBUTES, text, start);
  if (start < 0 || !/^\/?>/.test(text.slice(end, end + 2))) {
    throw refused('The SVG drawing is damaged. Save it again, or save it as PNG.');
  }
  const attributes = text.slice(start, end);
  const given = new Map<string, string>();
  for (const [, name, double, single] of attributes.matchAll(ATTRIBUTE)) given.set(name, double ?? single);
  const box =
    given
      .get('viewBox')
      ?.trim()
      .split(/[\s,]+/)
      .map(Number) ?? [];
  const hasBox = box.length === 4 && box.every(Number.isFinite) && box[2] > 0 && box[3] > 0;
  const width = pixels(given.get('width')) ?? (hasBox ? box[2] : undefined);
  const height = pixels(given.get('height')) ?? (hasBox ? box[3] : undefined);
  if (!width || !height) {
    throw refused('The SVG drawing has no size. Give it a width and a height, or save it as PNG.');
  }
  const scale = side / Math.max(width, height);
  const size = (length: number) => Math.max(1, Math.round(length * scale));
  const others = attributes.replace(ATTRIBUTE, (attribute, name) =>
    ['width', 'height', 'viewBox'].includes(name) ? '' : attribute,
  );
  const viewBox = hasBox ? box.join(' ') : `0 0 ${width} ${height}`;
  return new Blob(
    [
      text.slice(0, start),
      others,
      ` width="${size(width)}" height="${size(height)}" viewBox="${viewBox}"`,
      text.slice(end),
    ],
    { type: 'image/svg+xml' },
  );
}

/** Where the drawing's own tag begins, behind what may stand before it. */
function afterProlog(text: string): number {
  let at = 0;
  for (;;) {
    at = matched(/\s*/y, text, at);
    const end = text.startsWith('<?', at) ? '?>' : text.startsWith('<!--', at) ? '-->' : undefined;
    const after = end
      ? text.indexOf(end, at) + end.length
      : matched(/<!doctype[^>[]*(?:\[[^\]]*\]\s*)?>/iy, text, at);
    if (after <= at) return at;
    at = after;
  }
}

/** Where a pattern that stands at `at` ends; −1 where it does not stand there. */
function matched(sticky: RegExp, text: string, at: number): number {
  if (at < 0) return -1;
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : -1;
}

/** Pixels of the units of CSS; per cent are of nothing here. */
const UNITS: Record<string, number> = {
  '': 1,
  px: 1,
  pt: 4 / 3,
  pc: 16,
  in: 96,
  cm: 96 / 2.54,
  mm: 9.6 / 2.54,
  em: 16,
  ex: 8,
};

function pixels(length: string | undefined): number | undefined {
  const [, value, unit] = /^\s*([\d.]+(?:e[+-]?\d+)?)\s*([a-z]*)\s*$/i.exec(length ?? '') ?? [];
  const result = Number(value) * UNITS[unit?.toLowerCase()];
  return Number.isFinite(result) && result > 0 ? result : undefined;
}

const refused = (message: string) => new StudioError('invalid-input', message);
