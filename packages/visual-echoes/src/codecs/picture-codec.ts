import { coverPicture, ImageTokenizer, type Picture, toMnistForm } from '@visual-echoes/vq-image';
import type { ModelManifest } from '../model-folder/manifest.js';

type ImagePart = ModelManifest['parts']['image'];

const PREPROCESSING: Record<
  ImagePart['preprocessing']['type'],
  (p: Picture, form: ImagePart['picture']) => Picture
> = {
  mnist: toMnistForm,
  cover: coverPicture,
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

  constructor({ configuration, picture, preprocessing }: ImagePart) {
    this.prepare = (brought) => PREPROCESSING[preprocessing.type](brought, picture);
    this.tokenizer = new ImageTokenizer(configuration, picture);
  }

  dispose(): void {
    this.tokenizer.dispose();
  }
}
