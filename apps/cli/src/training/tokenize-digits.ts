import { Random, type Tokenizer } from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import { AudioTokenizer, type Mel, type SpeechPreprocessing } from '@visual-echoes/vq-audio';
import { ImageTokenizer, type Picture } from '@visual-echoes/vq-image';
import type { DataFolders } from '../data/data-folders.js';
import { readFsdd } from '../data/fsdd.js';
import { MNIST_SIDE, pictureAt, readMnist } from '../data/mnist.js';
import { melShape } from '../prepare/clip-form.js';
import { type AudioPart, audioPart, type ImagePart, imagePart } from '../prepare/tokenizers.js';
import { augmentationOf, digitPictureAugmentation, digitSoundAugmentation } from './augmentation-file.js';
import { toPicture, VALIDATION_PICTURES } from './prepare-image-tokenizer.js';
import { type SoundAugmentation, SpokenMels } from './spoken-mels.js';
import { type TokenSet, tokenSet } from './token-bank.js';
import { type PictureAugmentation, warpPicture } from './warp-picture.js';

/** The image tokenizer of a training run or a model folder. @throws FileAccessError, ConfigurationError. */
export async function loadImageTokenizer(
  folder: string,
): Promise<{ tokenizer: ImageTokenizer; file: ImagePart }> {
  const file = await imagePart(folder);
  const tokenizer = new ImageTokenizer(file.configuration, file.picture);
  tokenizer.loadStateDict(await readStateFile(file.weights));
  return { tokenizer, file };
}

/** The audio tokenizer of a training run or a model folder. @throws FileAccessError, ConfigurationError. */
export async function loadAudioTokenizer(
  folder: string,
): Promise<{ tokenizer: AudioTokenizer; file: AudioPart }> {
  const file = await audioPart(folder);
  const tokenizer = new AudioTokenizer(file.configuration, melShape(file.mel));
  tokenizer.loadStateDict(await readStateFile(file.weights));
  return { tokenizer, file };
}

interface Variants {
  /** How many differently augmented forms of each piece are tokenized; the first is the piece itself. */
  variants: number;
  seed: number;
}

/** Tokens of MNIST's training pictures and of those kept for validation. */
export async function tokenizePictures(
  { tokenizer, file }: { tokenizer: ImageTokenizer; file: ImagePart },
  { mnist }: DataFolders,
  {
    variants,
    seed,
    augmentation = augmentationOf(digitPictureAugmentation, file.augmentation, 'MNIST'),
  }: Variants & { augmentation?: PictureAugmentation | undefined },
): Promise<{ train: TokenSet; validation: TokenSet }> {
  const all = await readMnist(mnist, 'train');
  const trained = all.count - VALIDATION_PICTURES;
  const random = new Random(seed).fork('pictures');
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const plain = (i: number) => toPicture(pictureAt(all, i));
  const varied = (i: number) => toPicture(warpPicture(pictureAt(all, i), MNIST_SIDE, augmentation, random));
  return {
    train: await tokenizeEach(tokenizer, range(0, trained), variants, plain, varied, all.labels),
    validation: await tokenizeEach(tokenizer, range(trained, all.count), 1, plain, varied, all.labels),
  };
}

/** Tokens of FSDD's training recordings and of those kept for validation. */
export async function tokenizeSounds(
  { tokenizer, file }: { tokenizer: AudioTokenizer; file: AudioPart },
  { fsdd }: DataFolders,
  {
    variants,
    seed,
    voices,
    augmentation = augmentationOf(digitSoundAugmentation, file.augmentation, 'spoken digits'),
  }: Variants & { voices: readonly string[]; augmentation?: SoundAugmentation },
): Promise<{ train: TokenSet; validation: TokenSet }> {
  const { mel } = file;
  const speech = file.sound as SpeechPreprocessing;
  const random = new Random(seed).fork('sounds');
  const spoken = await SpokenMels.prepare(await readFsdd(fsdd, 'train'), mel, speech, augmentation);
  const kept = await SpokenMels.prepare(await readFsdd(fsdd, 'validation'), mel, speech);
  const each = (mels: SpokenMels, count: number) =>
    tokenizeEach<Mel>(
      tokenizer,
      Array.from({ length: mels.count }, (_, i) => i),
      count,
      (i) => mels.plain(i),
      (i) => mels.varied(i, random),
      mels.digits,
      Uint8Array.from(mels.speakers, (speaker) => voices.indexOf(speaker)),
    );
  return { train: await each(spoken, variants), validation: await each(kept, 1) };
}

async function tokenizeEach<Media extends Picture | Mel>(
  tokenizer: Tokenizer<Media>,
  indices: readonly number[],
  variants: number,
  plain: (i: number) => Media,
  varied: (i: number) => Media,
  labels: Uint8Array,
  voices?: Uint8Array,
): Promise<TokenSet> {
  const pieces: Int32Array[] = [];
  const of: number[] = []; // of each piece, what it is a form of
  const CHUNK = 512;
  for (let variant = 0; variant < variants; variant++) {
    for (let start = 0; start < indices.length; start += CHUNK) {
      const chunk = indices.slice(start, start + CHUNK);
      pieces.push(...(await tokenizer.encode(chunk.map(variant === 0 ? plain : varied))));
      of.push(...chunk);
    }
  }
  const each = (values: Uint8Array) => Uint8Array.from(of, (i) => values[i]);
  return tokenSet(pieces, each(labels), voices && each(voices));
}
