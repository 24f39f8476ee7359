import { ConfigurationError } from '@visual-echoes/core';
import { MEL_SPECVQGAN } from '@visual-echoes/vq-audio';
import { type ClipForm, melOfLength } from './clip-form.js';
import type { PrepareOptions } from './prepare-options.js';
import type { TokenizerParts } from './tokenizers.js';

/** Seconds of a clip of VGGSound. */
const DURATION = 10;

/** Pixels a side, as the paper has them. */
const PICTURE = 256;

/** A minute's mel is as much as a tokenizer has ever taken. */
const LONGEST = 60;

const MOST_FRAMES = 100;
const LARGEST_PICTURE = 1024;

/**
 * What the options and the tokenizers ask of a clip.
 * @throws ConfigurationError where they contradict each other.
 */
export function formOfOptions(options: PrepareOptions, parts: TokenizerParts | undefined): ClipForm {
  const { frames, augment: variants, seed } = options;
  checkMost('--frames', frames, MOST_FRAMES);
  checkMost('--augment', variants, MOST_FRAMES);
  const common = { frames, variants, seed };
  if (!parts) {
    const { duration = DURATION, picture: side = PICTURE } = options;
    checkMost('--duration', duration, LONGEST);
    checkMost('--picture', side, LARGEST_PICTURE);
    return {
      ...common,
      picture: { width: side, height: side, channels: 3 },
      preprocessing: 'cover',
      mel: melOfLength(duration),
      sound: { type: 'clip', sampleRate: MEL_SPECVQGAN.sampleRate, seconds: duration },
      duration,
    };
  }
  const { picture, preprocessing } = parts.image;
  const { mel, sound } = parts.audio;
  if (options.picture && options.picture !== Math.min(picture.width, picture.height)) {
    throw new ConfigurationError(
      `The image tokenizer takes pictures of ${picture.width}×${picture.height}; leave out --picture ${options.picture}.`,
    );
  }
  const seconds = sound.type === 'clip' ? sound.seconds : undefined;
  const { duration = seconds ?? DURATION } = options;
  checkMost('--duration', duration, LONGEST);
  if (seconds !== undefined && seconds !== duration) {
    throw new ConfigurationError(
      `The audio tokenizer takes clips of ${seconds} s; leave out --duration ${duration}.`,
    );
  }
  return { ...common, picture, preprocessing, mel, sound, duration };
}

/** @throws ConfigurationError where an option's value is larger than the most. */
export function checkMost(option: string, value: number, most: number): void {
  if (value > most) throw new ConfigurationError(`${option} is ${most} at most, not ${value}.`);
}
