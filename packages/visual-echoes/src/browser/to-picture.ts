import { InvalidInputError } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';
import { statedSize } from './stated-size.js';

/** What a page has pictures in. */
export type PageImage =
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | OffscreenCanvas
  | ImageBitmap
  | ImageData
  | Blob;

/** More than any model takes; what is larger is drawn at this size, so that it takes no more memory. */
const LONGEST_SIDE = 1024;

/** Decoding more takes gigabytes: a picture of so many is more likely made to fill the memory than to show something. */
const MOST_PIXELS = 160e6;

/** Where a file's size stands, with room for what cameras put before it. */
const HEAD_BYTES = 1 << 18;

/** The size of each kind of image, and what is to be done where it has none. */
const KINDS: Record<string, (image: never) => { width: number; height: number; remedy: string }> = {
  HTMLImageElement: ({ naturalWidth: width, naturalHeight: height, src }: HTMLImageElement) => ({
    width,
    height,
    remedy: src
      ? `"${shortened(src)}" could not be loaded, or has no size of its own; check its address`
      : 'it has no src; give it one',
  }),
  HTMLVideoElement: ({ videoWidth, videoHeight, readyState }: HTMLVideoElement) => ({
    width: readyState < 2 ? 0 : videoWidth, // HAVE_CURRENT_DATA
    height: videoHeight,
    remedy: 'the video shows no frame yet; wait for its event "loadeddata"',
  }),
  HTMLCanvasElement: sized('the canvas is empty; give it a width and a height'),
  OffscreenCanvas: sized('the canvas is empty, or was given to another thread'),
  ImageBitmap: sized('the bitmap was closed; use it before that'),
  ImageData: sized('it is empty'),
};

/**
 * Anything that a page or a Web Worker has a picture in → a picture in memory, of three channels and at most 1024 pixels
 * on its longer side, with white behind what is transparent. An image that is still loading is waited for.
 *
 * @throws InvalidInputError for what is no picture, could not be loaded, has no size or too large a one, or belongs to another site that
 * does not let its pixels be read.
 *
 * @example
 * const picture = await toPicture(document.querySelector('img'));
 * const { sound } = await model.imageToAudio(picture);
 */
export async function toPicture(image: PageImage): Promise<Picture> {
  // The name of its class: `instanceof` knows neither the images of another frame nor, in a Worker, those of a page.
  const kind = Object.prototype.toString.call(image).slice(8, -1);
  if (kind === 'Blob' || kind === 'File') return fromBlob(image as Blob);
  if (!Object.hasOwn(KINDS, kind)) {
    throw new InvalidInputError(
      `${describe(image)} is no picture; give an <img>, a <canvas>, a <video>, an ImageData, an ImageBitmap or a Blob.`,
    );
  }
  if (kind === 'HTMLImageElement') await loaded(image as HTMLImageElement);
  const { width, height, remedy } = KINDS[kind](image as never);
  if (!(width > 0 && height > 0)) throw new InvalidInputError(`The picture has no pixels: ${remedy}.`);
  refuseHuge(width, height);
  if (kind !== 'ImageData') return draw(image as CanvasImageSource, width, height);
  if (Math.max(width, height) <= LONGEST_SIDE) return onWhite(image as ImageData);
  const bitmap = await createImageBitmap(image as ImageData, {
    ...fitted(width, height, 'resizeWidth', 'resizeHeight'),
    resizeQuality: 'high',
  });
  return drawAndClose(bitmap);
}

/** Waits for an image that is being loaded; one that fails has no size then. */
async function loaded(image: HTMLImageElement): Promise<void> {
  if (image.complete) return;
  if (image.loading === 'lazy') {
    throw new InvalidInputError(
      'The picture is not loaded yet, and will not be until it is seen; take its loading="lazy" away.',
    );
  }
  await image.decode().catch(() => undefined);
}

function refuseHuge(width: number, height: number): void {
  if (width * height <= MOST_PIXELS) return;
  throw new InvalidInputError(
    `The picture has ${width}×${height} pixels, over the limit of ${MOST_PIXELS / 1e6} million; make it smaller.`,
  );
}

async function fromBlob(blob: Blob): Promise<Picture> {
  const head = await blob
    .slice(0, HEAD_BYTES)
    .arrayBuffer()
    .catch(() => new ArrayBuffer(0)); // a file that is gone, which decoding will say
  const size = statedSize(new Uint8Array(head));
  if (size) refuseHuge(size.width, size.height);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob);
  } catch (cause) {
    const what = blob.type ? `of type ${blob.type}` : 'without a type';
    throw new InvalidInputError(
      `The file (${blob.size} bytes, ${what}) is no picture that this browser can read; use PNG, JPEG or WebP.`,
      { cause },
    );
  }
  return drawAndClose(bitmap);
}

function drawAndClose(bitmap: ImageBitmap): Picture {
  try {
    return draw(bitmap, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}

function draw(image: CanvasImageSource, fromWidth: number, fromHeight: number): Picture {
  const { width, height } = fitted(fromWidth, fromHeight, 'width', 'height');
  const context = newContext(width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  try {
    return onWhite(context.getImageData(0, 0, width, height));
  } catch (cause) {
    if ((cause as Error).name !== 'SecurityError') throw cause;
    throw new InvalidInputError(
      'The picture comes from another site, which does not let its pixels be read; serve it from your own site, or with "Access-Control-Allow-Origin" and <img crossorigin>.',
      { cause },
    );
  }
}

function newContext(
  width: number,
  height: number,
): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D {
  const canvas = globalThis.document
    ? Object.assign(document.createElement('canvas'), { width, height })
    : new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new InvalidInputError(`The browser has no canvas of ${width}×${height} left.`);
  return context as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
}

/** The size at which a picture is no longer than `LONGEST_SIDE`. */
function fitted<W extends string, H extends string>(width: number, height: number, w: W, h: H) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const of = (side: number) => Math.max(1, Math.round(side * scale));
  return { [w]: of(width), [h]: of(height) } as Record<W | H, number>;
}

function onWhite({ width, height, data: rgba }: ImageData): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] / 255;
    for (let c = 0; c < 3; c++) data[to + c] = Math.round(rgba[from + c] * alpha + 255 * (1 - alpha));
  }
  return { width, height, channels: 3, data };
}

function sized(remedy: string) {
  return ({ width, height }: { width: number; height: number }) => ({ width, height, remedy });
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `"${shortened(value)}"`;
  if (value === null || typeof value !== 'object') return String(value);
  return `An object of class ${Object.prototype.toString.call(value).slice(8, -1)}`;
}

/** As much of an address as an error message has room for; those of data are long. */
const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
