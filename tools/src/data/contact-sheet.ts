import { escapeHtml } from '@visual-echoes/cli/dist/report/html.js';
import sharp from 'sharp';
import type { DrawnPicture } from './read-drawing.js';

const COLUMNS = 10;
const CELL = 110;
const LABEL = 30;

/** Drawings with what they are called below, as one PNG of ten a row. */
export async function contactSheet(
  drawings: readonly { picture: DrawnPicture; lines: readonly [string, string] }[],
): Promise<Buffer> {
  const rows = Math.ceil(drawings.length / COLUMNS);
  const height = rows * (CELL + LABEL);
  const layers = await Promise.all(
    drawings.map(async ({ picture: { width, height, data } }, i) => ({
      input: await sharp(data, { raw: { width, height, channels: 4 } })
        .resize(CELL - 8, CELL - 8, { fit: 'contain', background: '#00000000' })
        .png()
        .toBuffer(),
      left: (i % COLUMNS) * CELL + 4,
      top: Math.floor(i / COLUMNS) * (CELL + LABEL) + 4,
    })),
  );
  const labels = drawings.map(({ lines }, i) => {
    const x = (i % COLUMNS) * CELL + CELL / 2;
    const y = Math.floor(i / COLUMNS) * (CELL + LABEL) + CELL + 8;
    const text = (line: string, dy: number) =>
      `<text x="${x}" y="${y + dy}">${escapeHtml(line.length > 21 ? `${line.slice(0, 20)}…` : line)}</text>`;
    return text(lines[0], 0) + text(lines[1], 11);
  });
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${COLUMNS * CELL}" height="${height}" font-family="sans-serif" ` +
    `font-size="9" text-anchor="middle">${labels.join('')}</svg>`;
  return sharp({ create: { width: COLUMNS * CELL, height, channels: 3, background: '#dde3e8' } })
    .composite([...layers, { input: Buffer.from(text), left: 0, top: 0 }])
    .png()
    .toBuffer();
}
