import {
  GriffinLimVocoder,
  type Mel,
  type MelConfig,
  MultiResolutionStftLoss,
  resolutionsAt,
} from '@visual-echoes/vq-audio';
import type { WantedSounds } from '../sounds/wanted-sounds.js';
import type { EvaluationRow } from './evaluation-row.js';
import { soundDistances } from './sound-distances.js';

/** Mel spectrograms → the samples of each. */
export type Vocode = (mels: readonly Mel[]) => Promise<Float32Array[]>;

/** How well and how fast sounds were made of mel spectrograms, and the sounds. */
export interface VocoderMeasures {
  mel: number;
  stft: number;
  /** Seconds of sound a second. */
  speed: number;
  sounds: readonly Float32Array[];
}

/** Measures a vocoder on the mel spectrograms of recordings. */
export async function measureVocoder(
  vocode: Vocode,
  { mels, recordings, spectrogram }: WantedSounds,
): Promise<VocoderMeasures> {
  const sounds = await vocode(mels);
  const { sampleRate } = spectrogram.config;
  const stftLoss = new MultiResolutionStftLoss(resolutionsAt(sampleRate));
  const distances = await soundDistances(sounds, { mels, recordings }, spectrogram, stftLoss);
  stftLoss.dispose();
  return { ...distances, sounds, speed: await speedOf(vocode, mels, sampleRate) };
}

/** Griffin-Lim as a vocoder is measured beside it. */
export function griffinLimVocode(config: MelConfig): Vocode {
  const vocoder = new GriffinLimVocoder(config);
  return async (mels) => mels.map((mel) => vocoder.vocode(mel));
}

/** The rows of a vocoder with those of Griffin-Lim beside them. */
export function vocoderDistanceRows(
  own: VocoderMeasures,
  beside: VocoderMeasures,
  { minDb, maxDb }: MelConfig['scaling'],
): Record<'mel' | 'stft' | 'speed', EvaluationRow> {
  const task = 'vocoder';
  const of = (value: number) => ({ what: 'of Griffin-Lim', value });
  return {
    mel: {
      task,
      measure: 'mean difference of mels to those given',
      value: own.mel * (maxDb - minDb),
      unit: 'decibels',
      reference: of(beside.mel * (maxDb - minDb)),
    },
    stft: {
      task,
      measure: 'multi-resolution STFT loss to the recordings',
      value: own.stft,
      unit: 'distance',
      reference: of(beside.stft),
    },
    speed: { task, measure: 'real time', value: own.speed, unit: 'times', reference: of(beside.speed) },
  };
}

/** Seconds of sound a second, one mel at a time, over some of all kinds. */
async function speedOf(vocode: Vocode, mels: readonly Mel[], sampleRate: number): Promise<number> {
  const some = mels.filter((_, i) => i % Math.ceil(mels.length / 32) === 0);
  for (const mel of some) await vocode([mel]); // until what runs is compiled
  const start = performance.now();
  let seconds = 0;
  for (const mel of some) {
    const [samples] = await vocode([mel]);
    seconds += samples.length / sampleRate;
  }
  return seconds / ((performance.now() - start) / 1000);
}
