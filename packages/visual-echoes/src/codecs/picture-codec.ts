import { ConfigurationError } from '@visual-echoes/core';
import { ImageTokenizer, type Picture, toMnistForm } from '@visual-echoes/vq-image';
import type { ModelManifest } from '../model-folder/manifest.js';

const PREPROCESSING: Record<string, (picture: Picture) => Picture> = {
  mnist: toMnistForm,
  none: (picture) => picture,
};

/**
 * Pictures of any form to tokens, by the preprocessing that the model folder names, and tokens to pictures. The
 * tokenizer's weights are loaded by whoever makes it.
 */
export class PictureCodec {
  readonly tokenizer: ImageTokenizer;
  /** A picture as people bring it → as the model was trained on. */
  readonly prepare: (picture: Picture) => Picture;

  constructor({ configuration, picture, preprocessing }: ModelManifest['parts']['image']) {
    if (!Object.hasOwn(PREPROCESSING, preprocessing.type)) {
      throw new ConfigurationError(`There is no picture preprocessing "${preprocessing.type}".`);
    }
    this.prepare = PREPROCESSING[preprocessing.type];
    this.tokenizer = new ImageTokenizer(configuration, picture);
  }

  dispose(): void {
    this.tokenizer.dispose();
  }
}
