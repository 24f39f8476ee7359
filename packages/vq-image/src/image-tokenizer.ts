import {
  ConfigurationError,
  type Random,
  ShapeError,
  type VqModelConfiguration,
  VqTokenizer,
} from '@visual-echoes/core';
import type { Picture } from './picture.js';

export interface ImageTokenizerOptions extends Omit<Picture, 'data'> {
  /** Draws the start weights of a model that is to be trained. */
  random?: Random;
  batchSize?: number;
}

/**
 * The taming-transformers VQGAN (Esser et al., 2021) over pictures. Its network takes −1..1; a picture whose sides
 * are no multiple of the network's is set in the middle of a black one, and cut out again.
 *
 * @example
 * const tokenizer = new ImageTokenizer(configuration, { width: 256, height: 256, channels: 3 });
 * tokenizer.loadStateDict(state);
 * const [tokens] = await tokenizer.encode([picture]); // Int32Array of 16 × 16
 */
export class ImageTokenizer extends VqTokenizer<Picture> {
  private readonly picture: Omit<Picture, 'data'>;
  private readonly padded: readonly [height: number, width: number];

  constructor(
    configuration: VqModelConfiguration,
    { width, height, channels, random, batchSize }: ImageTokenizerOptions,
  ) {
    const { ch_mult, in_channels } = configuration.ddconfig;
    if (channels !== in_channels) {
      throw new ConfigurationError(`The VQGAN takes ${in_channels} channels, the pictures have ${channels}.`);
    }
    // The network's own side where it is larger (MNIST's 28 in 32), else the next multiple of its step.
    const { resolution } = configuration.ddconfig;
    const step = 2 ** (ch_mult.length - 1);
    const least = Math.max(width, height) < resolution ? resolution : 0;
    const up = (side: number) => Math.max(least, Math.ceil(side / step) * step);
    const padded = [up(height), up(width)] as const;
    super(configuration, padded, { random, batchSize });
    this.picture = { width, height, channels };
    this.padded = padded;
  }

  override toPlane({ width, height, channels, data }: Picture): Float32Array {
    const own = this.picture;
    if (width !== own.width || height !== own.height || channels !== own.channels) {
      throw new ShapeError(
        `This tokenizer takes pictures of ${own.width}×${own.height} with ${own.channels} channels, ` +
          `not ${width}×${height} with ${channels}; resize them first.`,
      );
    }
    const plane = new Float32Array(this.padded[0] * this.padded[1] * channels).fill(-1);
    this.eachRow((inner, outer) => {
      for (let i = 0; i < width * channels; i++) plane[outer + i] = data[inner + i] / 127.5 - 1;
    });
    return plane;
  }

  override fromPlane(plane: Float32Array): Picture {
    const { width, height, channels } = this.picture;
    const data = new Uint8Array(width * height * channels);
    this.eachRow((inner, outer) => {
      for (let i = 0; i < width * channels; i++) {
        data[inner + i] = Math.min(255, Math.max(0, Math.round((plane[outer + i] + 1) * 127.5)));
      }
    });
    return { width, height, channels, data };
  }

  /** Where each row of the picture begins, in its own data and in the padded plane. */
  private eachRow(visit: (inner: number, outer: number) => void): void {
    const { width, height, channels } = this.picture;
    const top = (this.padded[0] - height) >> 1;
    const left = (this.padded[1] - width) >> 1;
    for (let y = 0; y < height; y++) {
      visit(y * width * channels, ((y + top) * this.padded[1] + left) * channels);
    }
  }
}
