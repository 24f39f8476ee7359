import { join } from 'node:path';
import { type Canvas, emptyCanvas } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import type { MaskedTransformer } from '@visual-echoes/masked-transformer';
import { sample } from '@visual-echoes/sampler';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import sharp from 'sharp';
import type { EventPicture } from '../curves/event.js';
import { sheet } from '../evaluation/sheet.js';
import type { Tokenizers } from '../prepare/tokenizers.js';

export interface SampleSheetsOptions {
  /** The folder of the sheets. */
  out: string;
  step: number;
  /** Pairs that are not trained on: a column of the sheets each. */
  pairs: readonly Canvas[];
  steps: number;
  guidance: number;
}

/**
 * Samples pictures and sounds, and writes them as `pictures-STEP.png` and `mels-STEP.png`. Rows: the tokenizer's own
 * of the pair, that generated from its other half, and one from nothing.
 */
export async function sampleSheets(
  model: MaskedTransformer,
  tokenizers: Tokenizers,
  { out, step, pairs, steps, guidance }: SampleSheetsOptions,
): Promise<Record<string, EventPicture>> {
  const nothing = emptyCanvas(model.fields);
  const options = { steps, guidance: { scale: guidance }, seed: 0 };
  const fill = (canvases: Canvas[]) => sample(model, { ...options, canvases });
  const fromAudio = await fill(pairs.map(({ audio }) => ({ ...nothing, audio })));
  const fromImage = await fill(pairs.map(({ image }) => ({ ...nothing, image })));
  const fromNothing = await fill(pairs.map(() => nothing));
  const pictures = await tokenizers.image.decode(
    [...pairs, ...fromAudio, ...fromNothing].map(({ image }) => image),
  );
  const mels = await tokenizers.audio.decode(
    [...pairs, ...fromImage, ...fromNothing].map(({ audio }) => audio),
  );
  const sheets: Record<string, EventPicture> = {};
  for (const [name, tiles] of Object.entries({ pictures, mels })) {
    const png = await sheet(tiles as (Picture | Mel)[], {
      columns: pairs.length,
      rows: 3,
      scale: sideOf(tiles[0]) < 100 ? 2 : 1,
    });
    await writeFileAtomically(join(out, `${name}-${String(step).padStart(8, '0')}.png`), [png]);
    const { width, height } = await sharp(png).metadata();
    sheets[name] = { width, height, png };
  }
  return sheets;
}

const sideOf = (tile: Picture | Mel) => ('bands' in tile ? tile.frames : tile.width);
