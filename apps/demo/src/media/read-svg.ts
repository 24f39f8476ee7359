import { StudioError } from '../studio/studio-error.js';

/** Larger drawings take the browser too long to read. */
const MOST_BYTES = 2e6;
const BEGINNING = /^\s*<(?:\?xml|!--|!doctype\s+svg|svg[\s>:])/i;

/**
 * An SVG drawing whose size is given in pixels, `side` the longer one: browsers differ in how large they show one that has
 * no size or one in per cent, and would paint all pixels of an enormous one. Undefined for what is no SVG.
 *
 * @throws StudioError `invalid-input` for a damaged drawing, or one without any size.
 */
export async function readSvg(bytes: Uint8Array<ArrayBuffer>, side: number): Promise<Blob | undefined> {
  if (!BEGINNING.test(new TextDecoder().decode(bytes.subarray(0, 200)))) return undefined;
  if (bytes.length > MOST_BYTES) {
    throw refused(
      `The SVG drawing has ${(bytes.length / 1e6).toFixed(1)} MB; 2 are taken. Save it as PNG, and choose that.`,
    );
  }
  const drawing = new DOMParser().parseFromString(new TextDecoder().decode(bytes), 'image/svg+xml');
  const root = drawing.documentElement;
  if (root.localName !== 'svg' || drawing.querySelector('parsererror')) {
    throw refused('The SVG drawing is damaged or cut off. Save it again, or save it as PNG.');
  }
  const box =
    root
      .getAttribute('viewBox')
      ?.trim()
      .split(/[\s,]+/)
      .map(Number) ?? [];
  const hasBox = box.length === 4 && box.every(Number.isFinite) && box[2] > 0 && box[3] > 0;
  const width = pixels(root.getAttribute('width')) ?? (hasBox ? box[2] : undefined);
  const height = pixels(root.getAttribute('height')) ?? (hasBox ? box[3] : undefined);
  if (!width || !height) {
    throw refused('The SVG drawing has no size. Give it a width and a height, or save it as PNG.');
  }
  if (!hasBox) root.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const scale = side / Math.max(width, height);
  root.setAttribute('width', String(Math.max(1, Math.round(width * scale))));
  root.setAttribute('height', String(Math.max(1, Math.round(height * scale))));
  return new Blob([new XMLSerializer().serializeToString(drawing)], { type: 'image/svg+xml' });
}

/** Pixels of the units of CSS; undefined for per cent, which are of nothing here. */
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

function pixels(length: string | null): number | undefined {
  const [, value, unit] = /^\s*([\d.]+(?:e[+-]?\d+)?)\s*([a-z]*)\s*$/i.exec(length ?? '') ?? [];
  const result = Number(value) * UNITS[unit?.toLowerCase()];
  return Number.isFinite(result) && result > 0 ? result : undefined;
}

const refused = (message: string) => new StudioError('invalid-input', message);
