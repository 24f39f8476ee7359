import type { Random } from '@visual-echoes/core';
import sharp from 'sharp';
import { type Colour, colourDistance, drawBackground, randomColour } from './draw-background.js';
import type { DrawnPicture } from './read-drawing.js';

/** The side of a picture, in pixels. */
export const PICTURE_SIDE = 128;

/** The least distance of a drawing's mean colour and of its ink from the background. */
const CONTRAST = 140;

/**
 * A drawing on a background, as a PNG in RGB, 128 × 128: of a size, at a place and turned a little by chance, mirrored
 * every second time where it may be; what is drawn in one ink, in an ink by chance.
 */
export async function renderPicture(
  drawing: DrawnPicture,
  random: Random,
  { isMirrored }: { isMirrored: boolean },
): Promise<Buffer> {
  const ink = drawing.isMonochrome ? randomColour(random) : undefined;
  const ground = contrasting(ink ?? meanColour(drawing), random);
  const pixels = drawBackground(PICTURE_SIDE, ground, random);
  const longest = Math.round(PICTURE_SIDE * random.uniform(0.6, 0.94));
  const flip = isMirrored && random.uniform() < 0.5;
  const angle = random.uniform() < 0.7 ? random.uniform(-14, 14) : 0;
  const { width, height, data } = await placed(drawing, { longest, flip, angle });
  const left = random.integer(PICTURE_SIDE - width + 1);
  const top = random.integer(PICTURE_SIDE - height + 1);
  const gain = ink ? 1 : random.uniform(0.88, 1.08);
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0, at = 3 * ((top + y) * PICTURE_SIDE + left); x < width; x++, from += 4) {
      const alpha = data[from + 3] / 255;
      for (let c = 0; c < 3; c++, at++) {
        const value = ink ? ink[c] : Math.min(255, gain * data[from + c]);
        pixels[at] = Math.round(alpha * value + (1 - alpha) * pixels[at]);
      }
    }
  }
  return sharp(pixels, { raw: { width: PICTURE_SIDE, height: PICTURE_SIDE, channels: 3 } })
    .png()
    .toBuffer();
}

/** The drawing mirrored, turned and so large that its longer side is `longest`, RGBA. */
async function placed(
  { width, height, data }: DrawnPicture,
  { longest, flip, angle }: { longest: number; flip: boolean; angle: number },
): Promise<{ width: number; height: number; data: Uint8Array }> {
  const whole = sharp(data, { raw: { width, height, channels: 4 } });
  const turned = await (flip ? whole.flop() : whole)
    .rotate(angle, { background: '#00000000' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const made = await sharp(turned.data, {
    raw: { width: turned.info.width, height: turned.info.height, channels: 4 },
  })
    .resize(longest, longest, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: made.info.width, height: made.info.height, data: made.data };
}

/** Of what can be seen. */
function meanColour({ data }: DrawnPicture): Colour {
  const sum = [0, 0, 0];
  let weight = 0;
  for (let at = 0; at < data.length; at += 4) {
    weight += data[at + 3];
    for (let c = 0; c < 3; c++) sum[c] += data[at + 3] * data[at + c];
  }
  return sum.map((value) => value / weight) as unknown as Colour;
}

/** A colour by chance that differs from another one enough; where none is drawn, the one that differs most. */
function contrasting(colour: Colour, random: Random): Colour {
  let best = randomColour(random);
  for (let tries = 0; tries < 12 && colourDistance(best, colour) < CONTRAST; tries++) {
    const next = randomColour(random);
    if (colourDistance(next, colour) > colourDistance(best, colour)) best = next;
  }
  return best;
}
