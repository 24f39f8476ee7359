import type { Random } from '@visual-echoes/core';
import {
  type Mel,
  type MelConfig,
  MelSpectrogram,
  prepareSpeech,
  resample,
  type SpeechPreprocessing,
} from '@visual-echoes/vq-audio';
import type { SpokenDigit } from '../data/fsdd.js';
import type { Excerpt, ExcerptSource } from './excerpt.js';

/** How training sounds are varied. */
export interface SoundAugmentation {
  /** The half-width of a uniform shift, in samples. */
  shift?: number;
  /** The half-width of a uniform change of level, in decibels. */
  gain?: number;
  /** Speeds, and pitches with them, of which one is drawn; 1 is as it was. */
  speeds?: readonly number[];
}

/** Recordings, prepared once as the model's users' are, and turned into mel spectrograms varied anew each time. */
export class SpokenMels implements ExcerptSource {
  readonly digits: Uint8Array;
  readonly speakers: readonly string[];
  /** Of each recording, the clip at each speed. */
  private readonly clips: readonly (readonly Float32Array[])[];
  readonly mel: MelSpectrogram;
  private readonly augmentation: SoundAugmentation;

  private constructor(
    clips: readonly (readonly Float32Array[])[],
    recordings: readonly SpokenDigit[],
    mel: MelConfig,
    augmentation: SoundAugmentation,
  ) {
    this.clips = clips;
    this.digits = Uint8Array.from(recordings, ({ digit }) => digit);
    this.speakers = recordings.map(({ speaker }) => speaker);
    this.mel = new MelSpectrogram(mel);
    this.augmentation = augmentation;
  }

  static async prepare(
    recordings: readonly SpokenDigit[],
    mel: MelConfig,
    preprocessing: SpeechPreprocessing,
    augmentation: SoundAugmentation = {},
  ): Promise<SpokenMels> {
    const clips: Float32Array[][] = [];
    for (const { sound } of recordings) {
      const atSpeeds: Float32Array[] = [];
      for (const speed of augmentation.speeds ?? [1]) {
        const rate = Math.round(sound.sampleRate / speed);
        const channels: Float32Array[] = [];
        for (const channel of sound.channels)
          channels.push(await resample(channel, sound.sampleRate, rate, { quality: 'fast' }));
        atSpeeds.push(await prepareSpeech({ sampleRate: sound.sampleRate, channels }, preprocessing));
      }
      clips.push(atSpeeds);
    }
    return new SpokenMels(clips, recordings, mel, augmentation);
  }

  get count(): number {
    return this.clips.length;
  }

  get hopLength(): number {
    return this.mel.config.hopLength;
  }

  /** Of each clip. */
  get samples(): number {
    return this.clips[0][0].length;
  }

  /** Any recording, varied. */
  draw(random: Random): Excerpt {
    const samples = this.variedClip(random.integer(this.count), random);
    return { samples, mel: this.mel.forward(samples) };
  }

  /** The spectrogram of recording `i`, as it is at the first speed. */
  plain(i: number): Mel {
    return this.mel.forward(this.clips[i][0]);
  }

  /** The prepared samples of recording `i`, as they are at the first speed. */
  plainClip(i: number): Float32Array {
    return this.clips[i][0];
  }

  /** The spectrogram of recording `i`, varied. */
  varied(i: number, random: Random): Mel {
    return this.mel.forward(this.variedClip(i, random));
  }

  /** The samples of recording `i`, varied. */
  variedClip(i: number, random: Random): Float32Array {
    const { shift = 0, gain = 0 } = this.augmentation;
    const source = this.clips[i][random.integer(this.clips[i].length)];
    const offset = Math.round(random.uniform(-shift, shift));
    const level = 10 ** (random.uniform(-gain, gain) / 20);
    const clip = new Float32Array(source.length);
    for (let t = 0; t < clip.length; t++) clip[t] = (source[t + offset] ?? 0) * level;
    return clip;
  }
}
