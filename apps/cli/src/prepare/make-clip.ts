import { InvalidInputError, Random } from '@visual-echoes/core';
import { type Mel, MelSpectrogram, prepareSound, type Waveform } from '@visual-echoes/vq-audio';
import { type Picture, toMnistForm } from '@visual-echoes/vq-image';
import { readPicture } from '../media/read-picture.js';
import { readSound } from '../media/read-sound.js';
import { readVideo } from '../media/read-video.js';
import type { ClipForm } from './clip-form.js';
import { augmentPicture, fitPicture } from './fit-picture.js';
import type { ListedClip } from './listing.js';

/** A clip in the dataset's form. */
export interface PreparedClip {
  id: string;
  label: string | null;
  split: string;
  /** The frames as they are, then every augmented variant of all. */
  pictures: Picture[];
  mel: Mel;
}

/**
 * Reads what a clip is made of and brings it to the dataset's form.
 * @throws InvalidInputError, FileAccessError for what cannot be read; ConfigurationError where there is no ffmpeg;
 * CancelledError.
 */
export async function makeClip(
  { id, label, split, find }: ListedClip,
  form: ClipForm,
  signal?: AbortSignal,
): Promise<PreparedClip> {
  const parts = find();
  if (parts.type === 'none') throw new InvalidInputError(parts.reason);
  const { frames, sound } =
    parts.type === 'video'
      ? await readVideo(parts.video, { frames: form.frames, duration: form.duration, signal })
      : { frames: await Promise.all(parts.pictures.map(readPicture)), sound: await readSound(parts.sound) };
  const plain = frames.map((frame) =>
    form.preprocessing === 'mnist' ? toMnistForm(frame) : fitPicture(frame, form.picture),
  );
  const variants = Array.from({ length: form.variants }, (_, variant) =>
    frames.map((frame, i) => {
      const random = new Random(form.seed).fork('augment', id, variant, i);
      return augmentPicture(frame, form.picture, random);
    }),
  );
  const pictures = await Promise.all([...plain, ...variants.flat()]);
  return { id, label, split, pictures, mel: await melOf(sound, form, id) };
}

async function melOf(sound: Waveform, form: ClipForm, id: string): Promise<Mel> {
  try {
    return new MelSpectrogram(form.mel).forward(await prepareSound(sound, form.sound));
  } catch (cause) {
    if (!(cause instanceof InvalidInputError)) throw cause;
    throw new InvalidInputError(`${id}: ${cause.message}`, { cause });
  }
}
