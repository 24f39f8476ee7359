// Draws the strip of the README: a picture, its tokens, the sound's tokens, its mel spectrogram and its wave.
//   node tools/dist/pictures/strip.js PICTURE… OUT.png [--model FOLDER]
import { parseArgs } from 'node:util';
import type { TokenField } from '@visual-echoes/core';
import sharp from 'sharp';
import type { GeneratedSound } from 'visual-echoes';
import { loadModel } from 'visual-echoes/node';

const SIDE = 160;
const GAP = 12;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { model: { type: 'string', default: '@visual-echoes/model-digits' } },
});
const out = positionals.at(-1);
const inputs = positionals.slice(0, -1);
if (!out || inputs.length === 0) throw new Error('Name one picture or more, and the PNG to write.');

const model = await loadModel(values.model);
const { channels } = model.manifest.parts.image.picture;
const rows: Buffer[] = [];
for (const input of inputs) {
  const { data, info } = await sharp(input)
    .removeAlpha()
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = { width: info.width, height: info.height, channels, data: new Uint8Array(data) };
  const result = await model.imageToAudio(picture, { seed: 1 });
  rows.push(await row(input, result));
}
model.dispose();
const height = rows.length * (SIDE + GAP) - GAP;
const { width = 0 } = await sharp(rows[0]).metadata();
await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
  .composite(rows.map((input, i) => ({ input, left: 0, top: i * (SIDE + GAP) })))
  .png({ palette: true })
  .toFile(out);
process.exit(0);

async function row(input: string, { tokens, mel, sound }: GeneratedSound): Promise<Buffer> {
  const cells = [
    await sharp(input).resize(SIDE, SIDE, { kernel: 'nearest' }).png().toBuffer(),
    await tokenGrid(tokens['image'], fieldOf('image')),
    await tokenGrid(tokens['audio'], fieldOf('audio')),
    await melCell(mel.data, mel.bands, mel.frames),
    await wave(sound.channels[0]),
  ];
  const composed: { input: Buffer; left: number; top: number }[] = [];
  let left = 0;
  for (const cell of cells) {
    composed.push({ input: cell, left, top: 0 });
    left += ((await sharp(cell).metadata()).width ?? 0) + GAP;
  }
  return sharp({ create: { width: left - GAP, height: SIDE, channels: 3, background: '#ffffff' } })
    .composite(composed)
    .png()
    .toBuffer();
}

/** A field of the model. Hoisted, since the rows are drawn above. */
function fieldOf(name: string): TokenField {
  return model.fields.find((field) => field.name === name)!;
}

/** Every token a square, its hue by its number. */
function tokenGrid(tokens: Int32Array, { grid: [rows, columns], vocabulary }: TokenField): Promise<Buffer> {
  const size = SIDE / rows;
  const squares = Array.from(tokens, (token, i) => {
    const hue = Math.round((360 * ((token * 0.618034) % 1) + (360 * token) / vocabulary) % 360);
    const x = (i % columns) * size;
    const y = Math.floor(i / columns) * size;
    return `<rect x="${x}" y="${y}" width="${size}" height="${size}" fill="hsl(${hue},55%,${45 + (token % 5) * 6}%)"/>`;
  });
  return svg(Math.round(size * columns), squares.join(''));
}

/** Dark is loud, low bands at the bottom. */
function melCell(data: Float32Array, bands: number, frames: number): Promise<Buffer> {
  const pixels = new Uint8Array(bands * frames);
  for (let band = 0; band < bands; band++) {
    for (let frame = 0; frame < frames; frame++) {
      pixels[(bands - 1 - band) * frames + frame] = 255 - Math.round(255 * data[band * frames + frame]);
    }
  }
  return sharp(pixels, { raw: { width: frames, height: bands, channels: 1 } })
    .resize(Math.max(SIDE, frames), SIDE, { kernel: 'nearest' })
    .png()
    .toBuffer();
}

/** The highest and lowest sample of each column. */
function wave(samples: Float32Array): Promise<Buffer> {
  const width = 2 * SIDE;
  const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6);
  const lines = Array.from({ length: width }, (_, x) => {
    const part = samples.subarray(
      Math.floor((x * samples.length) / width),
      Math.floor(((x + 1) * samples.length) / width),
    );
    const y = (value: number) => SIDE / 2 - (value / peak) * (SIDE / 2 - 6);
    return `<line x1="${x}" x2="${x}" y1="${y(Math.max(...part))}" y2="${y(Math.min(...part)) + 1}" stroke="#333"/>`;
  });
  return svg(width, lines.join(''));
}

function svg(width: number, content: string): Promise<Buffer> {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${SIDE}">${content}</svg>`;
  return sharp(Buffer.from(text)).png().toBuffer();
}
