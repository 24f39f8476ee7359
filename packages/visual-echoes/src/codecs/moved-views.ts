import { type Canvas, UNKNOWN } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';
import type { SamplingSettings } from '../model-folder/manifest.js';
import type { PictureCodec } from './picture-codec.js';

const SIDES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/**
 * Views of the canvases' pictures for the sampler, a list for each: what the tokens show is moved to each side, and is
 * tokens again. A canvas whose picture is not wholly known has none.
 */
export async function movedViews(
  canvases: readonly Canvas[],
  { tokenizer }: PictureCodec,
  { image: { shift } }: NonNullable<SamplingSettings['views']>,
  options: { signal?: AbortSignal },
): Promise<Partial<Canvas>[][]> {
  const keys = canvases.map(({ image }) => (image.includes(UNKNOWN) ? undefined : image.join()));
  const known = new Map(canvases.map(({ image }, i) => [keys[i], image]));
  known.delete(undefined);
  const pictures = await tokenizer.decode([...known.values()], options);
  const moved = pictures.flatMap((picture) =>
    SIDES.map(([x, y]) => movePicture(picture, x * shift, y * shift)),
  );
  const tokens = await tokenizer.encode(moved, options);
  const found = new Map([...known.keys()].map((key) => [key, tokens.splice(0, SIDES.length)]));
  return keys.map((key) => (found.get(key) ?? []).map((image) => ({ image })));
}

/** Moves a picture by whole pixels, to the right and down; the edges go on outside. */
export function movePicture({ width, height, channels, data }: Picture, dx: number, dy: number): Picture {
  const within = (at: number, size: number) => Math.min(Math.max(at, 0), size - 1);
  const moved = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (within(y - dy, height) * width + within(x - dx, width)) * channels;
      moved.set(data.subarray(from, from + channels), (y * width + x) * channels);
    }
  }
  return { width, height, channels, data: moved };
}
