import type { Picture } from 'visual-echoes';
import { StudioError } from '../studio/studio-error.js';
import { isCutOff } from './is-cut-off.js';
import { readSvg } from './read-svg.js';
import { rgbPicture } from './rgb-picture.js';
import { shrink } from './shrink.js';

/** The longer side of what comes out, in pixels: enough to look at, and far more than the model takes. */
const LARGEST_SIDE = 512;
/** Bytes of a file. */
const MOST_BYTES = 50e6;
/** More could fill a telephone's memory: decoded, a pixel has four bytes. */
const MOST_PIXELS = 110e6;

/**
 * A picture as people bring it, in red, green and blue, at most 512 pixels on its longer side; what is transparent shows
 * white, as on paper. A file may be whatever the browser shows in a page.
 *
 * @throws StudioError `invalid-input` for what is no picture, empty, cut off, without a size, or enormous.
 */
export async function readPicture(
  source: Blob | HTMLCanvasElement | HTMLVideoElement | ImageBitmap,
): Promise<Picture> {
  return source instanceof Blob ? readFile(source) : draw(source);
}

async function readFile(file: Blob): Promise<Picture> {
  if (file.size === 0)
    throw refused('The file is empty (0 bytes). Choose another picture, or save it again.');
  if (file.size > MOST_BYTES) {
    throw refused(`The file has ${Math.round(file.size / 1e6)} MB; 50 are taken. Save the picture smaller.`);
  }
  const bytes = new Uint8Array(
    await file.arrayBuffer().catch(() => {
      throw refused('The file cannot be read. It may have been moved or changed: choose it again.');
    }),
  );
  const svg = readSvg(bytes, LARGEST_SIDE);
  if (!svg && isCutOff(bytes)) {
    throw refused('The picture is cut off: the file ends too early. Copy or save it again.');
  }
  // Without a type: a browser believes one that says SVG, and looks at the content else.
  const url = URL.createObjectURL(svg ?? new Blob([file]));
  try {
    const image = new Image();
    image.src = url;
    await loaded(image);
    // A file is decoded where it does not hold the page up; only a drawing needs the element.
    return await draw(image, svg ? image : file);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** When an image's size is known; its pixels are not decoded for that. */
function loaded(image: HTMLImageElement): Promise<void> {
  return new Promise((resolve, reject) => {
    image.onload = () => resolve();
    image.onerror = () => reject(noPicture());
  });
}

const noPicture = () =>
  refused(
    'This is no picture that the browser knows, or it is damaged. Choose a PNG, JPEG, WebP, GIF or SVG file.',
  );

async function draw(
  shown: HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | ImageBitmap,
  decoded: ImageBitmapSource = shown,
): Promise<Picture> {
  const [width, height] = sizeOf(shown);
  if (width === 0 || height === 0) throw refused(nothingIn(shown));
  if (width * height > MOST_PIXELS) {
    throw refused(`The picture has ${width} × ${height} pixels, which is too much. Save it smaller.`);
  }
  const scale = Math.min(1, LARGEST_SIDE / Math.max(width, height));
  const resizeWidth = Math.max(1, Math.round(width * scale));
  const resizeHeight = Math.max(1, Math.round(height * scale));
  let bitmap: ImageBitmap;
  try {
    const size: ImageBitmapOptions = { resizeWidth, resizeHeight, resizeQuality: 'high' };
    bitmap = await (decoded instanceof Blob
      ? shrink(decoded, size, width * height)
      : createImageBitmap(decoded, size));
  } catch {
    throw shown instanceof HTMLImageElement ? noPicture() : refused(nothingIn(shown));
  }
  try {
    return toPicture(bitmap);
  } finally {
    bitmap.close();
  }
}

function sizeOf(
  shown: HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | ImageBitmap,
): [number, number] {
  if (shown instanceof HTMLVideoElement) return [shown.videoWidth, shown.videoHeight];
  if (shown instanceof HTMLImageElement) return [shown.naturalWidth, shown.naturalHeight];
  return [shown.width, shown.height];
}

function nothingIn(shown: HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | ImageBitmap): string {
  if (shown instanceof HTMLVideoElement) return 'The camera shows nothing yet. Wait a moment, and try again.';
  return 'The picture has no pixels. Choose another one.';
}

function toPicture(bitmap: ImageBitmap): Picture {
  const { width, height } = bitmap;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context)
    throw new StudioError('unexpected', 'The browser gives no canvas. Close other pages, and try again.');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  try {
    return rgbPicture(context.getImageData(0, 0, width, height));
  } catch {
    // A drawing that brings parts of other pages with it.
    throw refused('The browser does not let this page read the picture. Save it as PNG, and choose that.');
  }
}

const refused = (message: string) => new StudioError('invalid-input', message);
