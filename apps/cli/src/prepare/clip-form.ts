import { MEL_SPECVQGAN, type MelConfig, type SoundPreprocessing } from '@visual-echoes/vq-audio';
import type { PictureForm } from './fit-picture.js';

/** What a clip is brought to. */
export interface ClipForm {
  picture: PictureForm;
  /** `mnist` as the model folder has it; all else is fitted. */
  preprocessing: 'cover' | 'mnist';
  mel: MelConfig;
  sound: SoundPreprocessing;
  /** Of a video, evenly; of a class of pictures, at most. */
  frames: number;
  /** Augmented variants of each frame. */
  variants: number;
  /** Seconds of a clip. */
  duration: number;
  /** Of the augmentation. */
  seed: number;
}

/**
 * SpecVQGAN's mel for clips of any length: its 86 frames a second from the start, and of those the largest multiple of 16,
 * which its network halves four times, in the middle. Ten seconds give the published 860 and 848.
 */
export function melOfLength(seconds: number): MelConfig {
  const firstFrames = Math.floor(86 * seconds);
  return { ...MEL_SPECVQGAN, firstFrames, centerFrames: 16 * Math.floor(firstFrames / 16) };
}

/** The same mel spectrogram of all frames of a sound, however long it is. */
export const melOfAnyLength = (mel: MelConfig): MelConfig => ({
  ...mel,
  firstFrames: null,
  centerFrames: null,
});

/** How many bands and frames the mel spectrograms of a form have. */
export const melShape = ({ melBands, firstFrames, centerFrames }: MelConfig) => ({
  bands: melBands,
  frames: centerFrames ?? firstFrames ?? 0,
});
