import { describe, expect, it, vi } from 'vitest';
import { StudioError } from '../studio/studio-error.js';
import { readPicture } from './read-picture.js';

/** Its left half red, its right half blue, its lower right quarter see-through. */
function drawn(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#f00';
  context.fillRect(0, 0, width / 2, height);
  context.fillStyle = '#00f';
  context.fillRect(width / 2, 0, width / 2, height / 2);
  return canvas;
}

const fileOf = (canvas: HTMLCanvasElement, type: string) =>
  new Promise<Blob>((resolve) => canvas.toBlob((blob) => resolve(blob!), type));

function pixel(
  { width, height, data }: Awaited<ReturnType<typeof readPicture>>,
  x: number,
  y: number,
): number[] {
  const at = 3 * (Math.floor(y * height) * width + Math.floor(x * width));
  return [...data.subarray(at, at + 3)];
}

function expectDrawn(picture: Awaited<ReturnType<typeof readPicture>>): void {
  const near = (actual: number[], expected: number[]) =>
    expected.forEach((value, i) => expect(Math.abs(actual[i] - value)).toBeLessThan(16)); // JPEG
  near(pixel(picture, 0.2, 0.2), [255, 0, 0]);
  near(pixel(picture, 0.2, 0.8), [255, 0, 0]);
  near(pixel(picture, 0.8, 0.2), [0, 0, 255]);
}

const svg = (attributes: string, rest = '') =>
  new Blob([
    `<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" ${attributes}><rect width="50" height="60" fill="#f00"/><rect x="50" width="50" height="30" fill="#00f"/>${rest}</svg>`,
  ]);

describe('readPicture', () => {
  it.each([
    ['image/png', 'image/png'],
    ['image/webp', 'image/webp'],
    ['image/jpeg', 'image/jpeg'],
    ['image/png', ''],
    ['image/png', 'image/svg+xml'],
    ['image/jpeg', 'text/plain'],
  ])('reads a file of %s that says it is %j', async (type, said) => {
    const picture = await readPicture(new Blob([await fileOf(drawn(100, 60), type)], { type: said }));
    expect(picture).toMatchObject({ width: 100, height: 60, channels: 3 });
    expect(picture.data).toHaveLength(100 * 60 * 3);
    expectDrawn(picture);
    if (type !== 'image/jpeg') expect(pixel(picture, 0.8, 0.8)).toEqual([255, 255, 255]);
  });

  it('reads canvases and bitmaps', async () => {
    const canvas = drawn(100, 60);
    for (const source of [canvas, await createImageBitmap(canvas)]) {
      const picture = await readPicture(source);
      expect(picture).toMatchObject({ width: 100, height: 60 });
      expectDrawn(picture);
      expect(pixel(picture, 0.8, 0.8)).toEqual([255, 255, 255]);
    }
  });

  it('puts what is half transparent on white', async () => {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d')!;
    context.fillStyle = 'rgb(0 0 0 / 50%)';
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const value of pixel(await readPicture(await fileOf(canvas, 'image/png')), 0.5, 0.5))
      expect(Math.abs(value - 127)).toBeLessThanOrEqual(1);
  });

  it.each([
    [1024, 300, 512, 150],
    [300, 1024, 150, 512],
    [3000, 2, 512, 1],
    [1, 1, 1, 1],
    [512, 512, 512, 512],
  ])('makes %d × %d into %d × %d', async (width, height, toWidth, toHeight) => {
    const canvas = drawn(width, height);
    for (const source of [canvas, await fileOf(canvas, 'image/png')])
      expect(await readPicture(source)).toMatchObject({ width: toWidth, height: toHeight });
  });

  it('turns a photograph as its camera says', async () => {
    const jpeg = new Uint8Array(await (await fileOf(drawn(800, 400), 'image/jpeg')).arrayBuffer());
    // A quarter turn clockwise (orientation 6), as a telephone that is held upright writes it.
    const exif = [0xff, 0xe1, 0, 34, ...new TextEncoder().encode('Exif\0\0MM'), 0, 42, 0, 0, 0, 8];
    exif.push(0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0);
    const picture = await readPicture(new Blob([Uint8Array.of(0xff, 0xd8, ...exif, ...jpeg.subarray(2))]));
    expect(picture).toMatchObject({ width: 256, height: 512 });
    expect(pixel(picture, 0.5, 0.2)[0]).toBeGreaterThan(239); // red is above
    expect(pixel(picture, 0.8, 0.8)[2]).toBeGreaterThan(239);
  });

  it.each<[string, string, number, number]>([
    ['a size', 'width="100" height="60"', 512, 307],
    ['a size in centimetres and a viewBox', 'width="10cm" height="6cm" viewBox="0 0 100 60"', 512, 307],
    ['a viewBox alone', 'viewBox="0 0 100 60"', 512, 307],
    ['per cent and a viewBox', 'width="100%" height="100%" viewBox="0 0 100 60"', 512, 307],
    ['an enormous size', 'width="100000000" height="60000000" viewBox="0 0 100 60"', 512, 307],
    ['a flat size', 'width="100" height="0.01" viewBox="0 0 100 60"', 512, 1],
  ])('reads an SVG drawing with %s', async (_, attributes, width, height) => {
    const picture = await readPicture(svg(attributes));
    expect(picture).toMatchObject({ width, height });
    if (height > 1) {
      expectDrawn(picture);
      expect(pixel(picture, 0.8, 0.8)).toEqual([255, 255, 255]);
    }
  });

  it('runs nothing that a drawing brings', async () => {
    const picture = await readPicture(
      svg('width="100" height="60" onload="parent.ran = 1"', '<script>parent.ran = 1; top.ran = 1</script>'),
    );
    expectDrawn(picture);
    expect('ran' in window).toBe(false);
  });

  it('refuses or reads a drawing with a page in it, but throws nothing else', async () => {
    const page =
      '<foreignObject width="100" height="60"><p xmlns="http://www.w3.org/1999/xhtml">hello</p></foreignObject>';
    await readPicture(svg('width="100" height="60"', page)).catch((error) => {
      expect(error).toBeInstanceOf(StudioError);
    });
  });

  it.each<[string, Blob | (() => Promise<Blob | HTMLVideoElement | HTMLCanvasElement>), RegExp]>([
    ['nothing', new Blob([]), /empty/],
    ['text', new Blob(['hello']), /no picture/],
    ['a page', new Blob(['<!doctype html><html></html>'], { type: 'text/html' }), /no picture/],
    ['noise', new Blob([new Uint8Array(5000).fill(77)], { type: 'image/png' }), /no picture/],
    ['60 MB', new Blob([new Uint8Array(60e6)]), /60 MB; 50 are taken/],
    ['SVG without a size', svg(''), /no size/],
    ['SVG of per cent', svg('width="100%" height="100%"'), /no size/],
    ['SVG of no size', svg('width="0" height="0"'), /no size/],
    ['SVG that is cut off', svg('width="9" height="9"').slice(0, 150), /damaged/],
    ['SVG that is cut off in its tag', svg('width="9" height="9"').slice(0, 50), /damaged/],
    ['SVG of 3 MB', new Blob(['<svg ', ' '.repeat(3e6), '/>']), /3.0 MB; 2 are taken/],
    ['a canvas of no size', async () => drawn(0, 10), /no pixels/],
    ['a video that shows nothing', async () => document.createElement('video'), /shows nothing yet/],
    ['PNG of 100,000 × 100,000', async () => forgedPng(100_000), /pixels|no picture/],
    ['PNG of 16,000 × 16,000', async () => forgedPng(16_000), /16000 × 16000 pixels/],
  ])('refuses %s', async (_, source, message) => {
    const refusal = readPicture(typeof source === 'function' ? ((await source()) as Blob) : source);
    await expect(refusal).rejects.toBeInstanceOf(StudioError);
    await expect(refusal).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message),
    });
  });

  it.each(['image/png', 'image/jpeg', 'image/webp'])('refuses %s that is cut off anywhere', async (type) => {
    const canvas = drawn(100, 100);
    const noise = new ImageData(100, 80);
    noise.data.forEach((_, i) => {
      noise.data[i] = i % 4 === 3 ? 255 : (i * 7919) % 251;
    });
    canvas.getContext('2d')!.putImageData(noise, 0, 0);
    const file = await fileOf(canvas, type);
    for (const share of [0.999, 0.9, 0.5, 0.2, 0.02, 0]) {
      await expect(readPicture(file.slice(0, Math.floor(file.size * share) + 1))).rejects.toMatchObject({
        name: 'StudioError',
        code: 'invalid-input',
      });
    }
  });

  it('refuses a bitmap that was closed', async () => {
    const bitmap = await createImageBitmap(drawn(10, 10));
    bitmap.close();
    await expect(readPicture(bitmap)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('makes large photographs smaller away from the page', async () => {
    const inPage = vi.spyOn(window, 'createImageBitmap');
    const picture = await readPicture(await fileOf(drawn(2000, 1500), 'image/jpeg'));
    expect(inPage).not.toHaveBeenCalled();
    expect(picture).toMatchObject({ width: 512, height: 384 });
    expectDrawn(picture);
    inPage.mockRestore();
    const damaged = new Uint8Array(await (await fileOf(drawn(2000, 1500), 'image/png')).arrayBuffer());
    damaged.fill(7, 40, damaged.length - 50);
    await expect(readPicture(new Blob([damaged]))).rejects.toMatchObject({
      name: 'StudioError',
      code: 'invalid-input',
    });
  });
});

/** A PNG file of a pixel that claims to have so many on each side. */
async function forgedPng(side: number): Promise<Blob> {
  const bytes = new Uint8Array(await (await fileOf(drawn(1, 1), 'image/png')).arrayBuffer());
  const view = new DataView(bytes.buffer);
  view.setUint32(16, side);
  view.setUint32(20, side);
  const { crc32 } = await import('../share/crc32.js');
  view.setUint32(29, crc32(bytes.subarray(12, 29)));
  return new Blob([bytes]);
}
