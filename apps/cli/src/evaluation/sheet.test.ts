import sharp from 'sharp';
import { expect, it } from 'vitest';
import { sheet } from './sheet.js';

it('sets pictures side by side, line after line, with gaps', async () => {
  const grey = (value: number) =>
    ({ width: 2, height: 3, channels: 1, data: new Uint8Array(6).fill(value) }) as const;
  const png = await sheet([grey(0), grey(255), grey(9)], { columns: 2, rows: 2, scale: 2, gap: 1 });
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([11, 15]);
  const at = (x: number, y: number) => data[(y * info.width + x) * info.channels];
  expect([at(0, 0), at(1, 1), at(4, 6), at(6, 1), at(1, 8), at(6, 8)]).toEqual([96, 0, 0, 255, 9, 96]);
});

it('draws mel spectrograms with the lowest band at the bottom', async () => {
  const png = await sheet([{ bands: 2, frames: 2, data: Float32Array.of(1, 1, 0, 0) }], { scale: 1, gap: 0 });
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  expect(at(0, 0)).toEqual([68, 1, 84]); // viridis at 0
  expect(at(0, 1)).toEqual([253, 231, 37]); // and at 1
});
