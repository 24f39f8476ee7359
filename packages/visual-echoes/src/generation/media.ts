import type { Canvas } from '@visual-echoes/core';
import type { Mel, Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';

/** What a canvas is made of: media, a class, a voice. */
export interface Given {
  picture?: Picture | undefined;
  /** A recording, or the mel spectrogram of one, which is taken as it is. */
  sound?: Waveform | Mel | undefined;
  /** The name of a class, or its number. */
  label?: string | number | undefined;
  /** The name of a voice, or its number. */
  voice?: string | number | undefined;
}

interface Generated {
  /** The finished canvas: the tokens of every field. */
  tokens: Canvas;
  /** The class that the model gave it or was given, where the model has classes. */
  label?: string;
  /** The voice likewise, where the model has voices and one was drawn or given. */
  voice?: string;
}

export interface GeneratedSound extends Generated {
  sound: Waveform;
  /** What the sound was made from. */
  mel: Mel;
}

export interface GeneratedPicture extends Generated {
  picture: Picture;
}

export interface GeneratedPair extends GeneratedSound, GeneratedPicture {}

export interface ReconstructedPicture {
  /** What the tokenizer was given: the picture in the model's form. */
  original: Picture;
  picture: Picture;
  tokens: Int32Array;
}

export interface ReconstructedSound {
  /** What the tokenizer was given: the sound in the model's form, as a mel spectrogram. */
  original: Mel;
  mel: Mel;
  /** The vocoder's sound of `mel`. */
  sound: Waveform;
  tokens: Int32Array;
}

export interface Classification {
  /** The likeliest class. */
  label: string;
  /** Of every class, in the order of `labels`; they sum to 1. */
  probabilities: Float32Array;
}
