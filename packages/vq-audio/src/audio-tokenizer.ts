import {
  InvalidInputError,
  type Random,
  ShapeError,
  type VqModelConfiguration,
  VqTokenizer,
} from '@visual-echoes/core';
import type { Mel } from './mel/mel-spectrogram.js';

/**
 * SpecVQGAN (Iashin and Rahtu, 2021): the VQGAN over a mel spectrogram as a picture of one channel, bands
 * by frames, whose 0..1 it takes as 2x − 1.
 *
 * @example
 * const tokenizer = new AudioTokenizer(configuration, { bands: 80, frames: 848 });
 * tokenizer.loadStateDict(state);
 * const [tokens] = await tokenizer.encode([mel]); // Int32Array of 5 × 53
 */
export class AudioTokenizer extends VqTokenizer<Mel> {
  private readonly bands: number;
  private readonly frames: number;

  constructor(
    configuration: VqModelConfiguration,
    {
      bands,
      frames,
      random,
      batchSize,
    }: { bands: number; frames: number; random?: Random; batchSize?: number },
  ) {
    super(configuration, [bands, frames], { random, batchSize });
    this.bands = bands;
    this.frames = frames;
  }

  override toPlane({ bands, frames, data }: Mel): Float32Array {
    if (bands !== this.bands || frames !== this.frames || data.length !== bands * frames) {
      throw new ShapeError(
        `This tokenizer takes mel spectrograms of ${this.bands} bands × ${this.frames} frames, not ${bands} × ${frames}.`,
      );
    }
    return data.map((value, i) => {
      if (Number.isNaN(value)) {
        throw new InvalidInputError(`The mel spectrogram is not a number at band ${Math.floor(i / frames)}.`);
      }
      return 2 * value - 1;
    });
  }

  override fromPlane(plane: Float32Array): Mel {
    const data = plane.map((value) => Math.min(1, Math.max(0, (value + 1) / 2)));
    return { bands: this.bands, frames: this.frames, data };
  }
}
