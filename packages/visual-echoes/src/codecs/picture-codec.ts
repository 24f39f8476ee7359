import { ConfigurationError, type StateDict } from '@visual-echoes/core';
import { ImageTokenizer, type Picture, toMnistForm } from '@visual-echoes/vq-image';
import type { ModelManifest } from '../model-folder/manifest.js';

const PREPROCESSING: Record<string, (picture: Picture) => Picture> = {
  mnist: toMnistForm,
  none: (picture) => picture,
};

/** Pictures of any form to tokens, by the preprocessing that the model folder names, and tokens to pictures. */
export class PictureCodec {
  readonly tokenizer: ImageTokenizer;
  /** A picture as people bring it → as the model was trained on. */
  readonly prepare: (picture: Picture) => Picture;

  constructor({ configuration, picture, preprocessing }: ModelManifest['parts']['image'], state: StateDict) {
    if (!Object.hasOwn(PREPROCESSING, preprocessing.type)) {
      throw new ConfigurationError(`There is no picture preprocessing "${preprocessing.type}".`);
    }
    this.prepare = PREPROCESSING[preprocessing.type];
    this.tokenizer = new ImageTokenizer(configuration, picture);
    this.tokenizer.loadStateDict(state);
  }

  dispose(): void {
    this.tokenizer.dispose();
  }
}
