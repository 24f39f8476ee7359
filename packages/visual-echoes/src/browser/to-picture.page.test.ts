import { InvalidInputError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { type PageImage, toPicture } from './to-picture.js';

/** Of 4 × 2 pixels: a column each of red, of half transparent black, of nothing, of grey. */
function newCanvas(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [4, 2];
  const context = canvas.getContext('2d')!;
  ['#ff0000', 'rgb(0 0 0 / 50%)', 'transparent', '#808080'].forEach((colour, x) => {
    context.fillStyle = colour;
    context.fillRect(x, 0, 1, 2);
  });
  return canvas;
}

const ROW = [255, 0, 0, 127, 127, 127, 255, 255, 255, 128, 128, 128];
const blobOf = (canvas: HTMLCanvasElement) =>
  new Promise<Blob>((resolve) => canvas.toBlob((blob) => resolve(blob!)));

async function imageOf(canvas: HTMLCanvasElement): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = canvas.toDataURL();
  return image;
}

const refused = async (image: unknown, message: RegExp) => {
  const reading = toPicture(image as PageImage);
  await expect(reading).rejects.toThrow(InvalidInputError);
  await expect(reading).rejects.toThrow(message);
};

describe('toPicture', () => {
  it.each<[string, (canvas: HTMLCanvasElement) => PageImage | Promise<PageImage>]>([
    ['a canvas', (canvas) => canvas],
    ['an image that is still loading', imageOf],
    ['a bitmap', (canvas) => createImageBitmap(canvas)],
    ['pixels', (canvas) => canvas.getContext('2d')!.getImageData(0, 0, 4, 2)],
    ['a blob', blobOf],
    ['a file', async (canvas) => new File([await blobOf(canvas)], 'a.png', { type: 'image/png' })],
    [
      'a canvas without a page',
      (canvas) => {
        const offscreen = new OffscreenCanvas(4, 2);
        offscreen.getContext('2d')!.drawImage(canvas, 0, 0);
        return offscreen;
      },
    ],
  ])('reads %s, on white', async (_what, make) => {
    const picture = await toPicture(await make(newCanvas()));
    expect(picture).toMatchObject({ width: 4, height: 2, channels: 3 });
    // Canvases store colours times opacity, so that one of 255 may be lost.
    [...ROW, ...ROW].forEach((value, i) => {
      expect(Math.abs(picture.data[i] - value)).toBeLessThanOrEqual(1);
    });
  });

  it('reads an image of another frame', async () => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const image = frame.contentDocument!.createElement('img');
    image.src = newCanvas().toDataURL();
    await image.decode();
    expect(image instanceof HTMLImageElement).toBe(false);
    expect((await toPicture(image)).width).toBe(4);
    frame.remove();
  });

  it('reads the frame that a video shows, and says where it shows none', async () => {
    const canvas = newCanvas();
    const video = document.createElement('video');
    await refused(video, /no frame yet/);
    video.muted = true;
    video.srcObject = canvas.captureStream(10);
    await video.play();
    expect(await toPicture(video)).toMatchObject({ width: 4, height: 2 });
    video.pause();
  });

  it.each([
    [3000, 1500, 1024, 512],
    [10, 9000, 1, 1024],
    [1024, 1024, 1024, 1024],
  ])('brings what is large to 1024 pixels: %i×%i', async (width, height, toWidth, toHeight) => {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')!.fillRect(0, 0, width, height);
    const pixels = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    for (const image of [canvas, pixels, await canvas.convertToBlob()]) {
      const picture = await toPicture(image);
      expect([picture.width, picture.height]).toEqual([toWidth, toHeight]);
      expect(picture.data.every((value) => value === 0)).toBe(true);
    }
  });

  it('refuses what would fill the memory, before it is decoded', async () => {
    const bytes = new Uint8Array(await (await blobOf(newCanvas())).arrayBuffer());
    new DataView(bytes.buffer).setUint32(16, 60_000);
    new DataView(bytes.buffer).setUint32(20, 50_000);
    await refused(new Blob([bytes]), /60000×50000 pixels, over the limit of 160 million/);
  });

  it('works in a Web Worker, of what there is', async () => {
    const worker = new Worker(new URL('./to-picture.worker.test.helper.ts', import.meta.url), {
      type: 'module',
    });
    const answer = new Promise<{ data: unknown }>((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = reject;
    });
    worker.postMessage(await blobOf(newCanvas()));
    expect((await answer).data).toMatchObject({ width: 4, height: 2, channels: 3 });
    worker.terminate();
  });

  it('says what is no picture', async () => {
    await refused('seven.png', /"seven\.png" is no picture; give an <img>/);
    await refused(null, /null is no picture/);
    await refused({ data: [1] }, /An object of class Object is no picture/);
    await refused(document.createElement('p'), /of class HTMLParagraphElement is no picture/);
    await refused(new Blob(['no picture'], { type: 'text/plain' }), /10 bytes, of type text\/plain/);
    await refused(new Blob([]), /0 bytes, without a type/);
  });

  it('says what has no pixels', async () => {
    await refused(new Image(), /has no src/);
    const missing = new Image();
    missing.src = '/nothing.png';
    await refused(missing, /nothing\.png" could not be loaded/);
    const lazy = new Image();
    lazy.loading = 'lazy';
    lazy.src = '/nothing.png?lazy';
    await refused(lazy, /loading="lazy"/);
    await refused(Object.assign(document.createElement('canvas'), { width: 0 }), /canvas is empty/);
    const bitmap = await createImageBitmap(newCanvas());
    bitmap.close();
    await refused(bitmap, /bitmap was closed/);
  });
});
