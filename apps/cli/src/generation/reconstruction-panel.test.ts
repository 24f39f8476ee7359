import sharp from 'sharp';
import { expect, it } from 'vitest';
import { plotPng } from '../plots/plot-png.js';
import { reconstructionPanel } from './reconstruction-panel.js';

it('sets originals above what came back, pictures before mels, so many in a row', async () => {
  const picture = { width: 2, height: 2, channels: 1, data: new Uint8Array(4).fill(200) } as const;
  const mel = { bands: 4, frames: 4, data: new Float32Array(16) };
  const items = [
    { original: mel, reconstruction: mel },
    ...Array.from({ length: 3 }, () => ({ original: picture, reconstruction: picture })),
  ];
  const svg = await reconstructionPanel(items, { columns: 2 });
  expect(svg.match(/<image /g)).toHaveLength(8);
  expect(svg.match(/>picture</g)).toHaveLength(2);
  expect(svg.match(/>mel</g)).toHaveLength(1);
  expect(svg.indexOf('>picture<')).toBeLessThan(svg.indexOf('>mel<'));
  const { data, info } = await sharp(await plotPng(svg))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) =>
    data[(Math.round(2 * y) * info.width + Math.round(2 * x)) * info.channels];
  expect(at(160, 60)).toBe(200); // the first original
  expect(at(160, 60 + 116)).toBe(200); // and below it its reconstruction
});
