import { expect, it } from 'vitest';
import { statedSize } from './stated-size.js';

it.each(['image/png', 'image/jpeg', 'image/webp'])('reads the size that %s states', async (type) => {
  const canvas = new OffscreenCanvas(300, 17);
  canvas.getContext('2d')!.fillRect(0, 0, 9, 9);
  for (const quality of [0.5, 1]) {
    const blob = await canvas.convertToBlob({ type, quality });
    expect(blob.type).toBe(type);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    expect(statedSize(bytes)).toEqual({ width: 300, height: 17 });
    for (let length = 0; length < 24; length++) expect(statedSize(bytes.subarray(0, length))).toBeUndefined();
  }
});

it('reads that of GIF, of lossless and extended WebP', () => {
  const ascii = (text: string) => [...text].map((c) => c.charCodeAt(0));
  const webp = (kind: string, ...rest: number[]) =>
    Uint8Array.of(...ascii('RIFF'), 0, 0, 0, 0, ...ascii('WEBP'), ...ascii(kind), 0, 0, 0, 0, ...rest);
  expect(statedSize(Uint8Array.of(...ascii('GIF89a'), 44, 1, 17, 0))).toEqual({ width: 300, height: 17 });
  expect(statedSize(webp('VP8X', 0, 0, 0, 0, 43, 1, 0, 16, 0, 0))).toEqual({ width: 300, height: 17 });
  // 14 bits of the width less one, then 14 of the height less one.
  const bits = 299 | (16 << 14);
  expect(statedSize(webp('VP8L', 0x2f, bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, 0))).toEqual({
    width: 300,
    height: 17,
  });
});

it('says nothing of others', () => {
  expect(statedSize(new Uint8Array(0))).toBeUndefined();
  expect(statedSize(new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBeUndefined();
  expect(statedSize(Uint8Array.of(0xff, 0xd8, ...new Uint8Array(1000)))).toBeUndefined();
});
