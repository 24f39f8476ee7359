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
  private readonly part: ImagePart;

  constructor(part: ImagePart) {
    const { configuration, picture } = part;
    this.part = part;
    this.tokenizer = new ImageTokenizer(configuration, picture);
  }

  /**
   * A picture as people bring it → as the model was trained on.
   * @param preprocess false where the picture has the model's form already.
   */
  prepare(brought: Picture, { preprocess = true }: { preprocess?: boolean | undefined } = {}): Picture {
    const { picture, preprocessing } = this.part;
    return preprocess ? PREPROCESSING[preprocessing.type](brought, picture) : brought;
  }

  dispose(): void {
    this.tokenizer.dispose();
  }
}
