import sharp from 'sharp';

/** A plot as PNG on white, twice its size in pixels. */
export function plotPng(svg: string): Promise<Uint8Array> {
  return sharp(Buffer.from(svg), { density: 144 })
    .flatten({ background: '#ffffff' })
    .png({ palette: true })
    .toBuffer();
}
