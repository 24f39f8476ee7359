import { ConfigurationError, DeviceLostError, throwIfCancelled } from '@visual-echoes/core';
import { writeWav } from '@visual-echoes/vq-audio';
import type { GenerateOptions } from '../generation/generate-options.js';
import type { GeneratedSound, Given } from '../generation/media.js';
import type { LoadModelInPageOptions } from './load-model.js';
import { neverBack } from './never-back.js';
import { releaseModels, sharedModel } from './shared-models.js';
import { type PageImage, toPicture } from './to-picture.js';

/** Options of `imageToAudio`; those of loading a model count in the first call for it. */
export interface ImageToAudioOptions
  extends Omit<GenerateOptions, 'count' | 'batchSize'>,
    Omit<LoadModelInPageOptions, 'signal' | 'onProgress'>,
    Pick<Given, 'voice'> {
  /** The address of the model's folder, which may be relative to the page. */
  model: string | URL;
}

/** The sound of an image. */
export interface SoundOfImage extends GeneratedSound {
  /** The sound as a WAV file. */
  wav: Blob;
}

/** How much of the progress is the model's loading, where it is not loaded yet. */
const LOADING = 0.8;

/**
 * An image of the page → its sound, in one line: loads the model on first use, and keeps it for the next.
 *
 * @throws InvalidInputError (the image), ConfigurationError (an option), FileAccessError (the model), BackendError,
 * CheckpointError, CancelledError.
 *
 * @example
 * import { imageToAudio } from 'visual-echoes/browser';
 * const { wav } = await imageToAudio(document.querySelector('img'), { model: '/models/digits/' });
 * new Audio(URL.createObjectURL(wav)).play();
 */
export async function imageToAudio(
  image: PageImage,
  { model: address, onProgress, ...options }: ImageToAudioOptions,
): Promise<SoundOfImage> {
  if (!address) {
    throw new ConfigurationError(
      'There is no model; give the address of its folder: model: "/models/digits/".',
    );
  }
  throwIfCancelled(options.signal);
  const report = neverBack(onProgress);
  const picture = await toPicture(image);
  let loading = 0;
  // Loading and generating each take their own of the options.
  const model = await sharedModel(address, {
    ...options,
    onProgress: (share) => {
      loading = LOADING;
      report(loading * share);
    },
  });
  try {
    const made = await model.imageToAudio(picture, {
      ...options,
      onProgress: (share) => report(loading + (1 - loading) * share),
    });
    return { ...made, wav: new Blob([writeWav(made.sound)], { type: 'audio/wav' }) };
  } catch (error) {
    if (error instanceof DeviceLostError) void releaseModels(address); // its weights are gone
    throw error;
  }
}
