import { ConfigurationError, type Random } from '@visual-echoes/core';
import { type MelConfig, MelSpectrogram } from '@visual-echoes/vq-audio';
import { melOfAnyLength } from '../prepare/clip-form.js';
import type { Excerpt, ExcerptSource } from '../training/excerpt.js';
import { keepFrames } from '../training/keep-frames.js';
import { peakOf, SILENCE } from './peak.js';
import type { CachedSound, SoundCache } from './sound-cache.js';

/** How the sounds of a folder are varied for a vocoder: whatever the wave is, its mel is of that wave. */
export interface WaveAugmentation {
  /** Up to so many decibels louder or quieter. */
  gain?: number | undefined;
  /** Turns the wave over, half of the time. */
  polarity?: boolean | undefined;
  /** Adds another sound, of any class, at a level between these decibels beside its own. */
  mix?: { probability: number; level: readonly [number, number] } | undefined;
}

export interface SoundExcerptsOptions {
  mel: MelConfig;
  /** Frames of an excerpt. */
  frames: number;
  augmentation?: WaveAugmentation;
}

/** So often a place in a sound is drawn where the ones before were silent: clips are often padded with silence. */
const DRAWS = 4;

/** Excerpts of sounds from a cache, drawn and varied anew each time. */
export class SoundExcerpts implements ExcerptSource {
  readonly hopLength: number;
  readonly samples: number;
  private readonly spectrogram: MelSpectrogram;
  /** Frames that are computed on either side and left out, since they look over the edges. */
  private readonly around: number;
  private readonly augmentation: WaveAugmentation;

  /** @throws ConfigurationError for mels whose frames are not centred. */
  constructor(
    private readonly cache: Pick<SoundCache, 'read'>,
    private readonly sounds: readonly CachedSound[],
    { mel, frames, augmentation = {} }: SoundExcerptsOptions,
  ) {
    if (!mel.center) {
      throw new ConfigurationError('"mel.center" is true for a vocoder: a frame is centred on its sample.');
    }
    this.spectrogram = new MelSpectrogram(melOfAnyLength(mel));
    this.hopLength = mel.hopLength;
    this.samples = frames * mel.hopLength;
    this.around = Math.ceil(mel.fftSize / 2 / mel.hopLength);
    this.augmentation = augmentation;
  }

  async draw(random: Random): Promise<Excerpt> {
    const { gain = 0, polarity = false, mix } = this.augmentation;
    const window = await this.drawWindow(random);
    if (mix && random.uniform() < mix.probability) {
      const other = await this.drawWindow(random);
      const level = 10 ** (random.uniform(...mix.level) / 20);
      for (let i = 0; i < window.length; i++) window[i] += level * other[i];
    }
    const level = 10 ** (random.uniform(-gain, gain) / 20);
    const sign = polarity && random.uniform() < 0.5 ? -1 : 1;
    const factor = (sign * level) / Math.max(1, level * peakOf(window)); // vocoders make −1..1
    for (let i = 0; i < window.length; i++) window[i] *= factor;
    return this.excerptOf(window);
  }

  private excerptOf(window: Float32Array): Excerpt {
    const { around, hopLength, samples } = this;
    const from = around * hopLength;
    return {
      samples: window.subarray(from, from + samples),
      mel: keepFrames(this.spectrogram.forward(window), around, samples / hopLength),
    };
  }

  private async drawWindow(random: Random): Promise<Float32Array> {
    const sound = this.sounds[random.integer(this.sounds.length)];
    const places = Math.max(1, sound.samples - this.samples + 1);
    const margin = this.around * this.hopLength;
    for (let draw = 1; ; draw++) {
      const window = await this.windowAt(sound, random.integer(places));
      const inside = window.subarray(margin, margin + this.samples);
      if (draw === DRAWS || peakOf(inside) >= SILENCE) return window;
    }
  }

  /**
   * The excerpt from a sample on and what its frames see around it: beyond the sound's ends its mirror image, as its
   * whole mel spectrogram has it. A sound that is shorter than an excerpt is followed by silence.
   */
  private async windowAt(sound: CachedSound, start: number): Promise<Float32Array> {
    const margin = this.around * this.hopLength;
    const from = Math.max(0, start - margin);
    const to = Math.min(sound.samples, start + this.samples + margin);
    const read = await this.cache.read(sound, from, to);
    const last = Math.max(sound.samples, this.samples) - 1;
    const window = new Float32Array(this.samples + 2 * margin);
    for (let i = 0; i < window.length; i++) {
      const at = Math.abs(start - margin + i);
      window[i] = read[(at > last ? 2 * last - at : at) - from] ?? 0;
    }
    return window;
  }
}
