import { InvalidInputError } from '@visual-echoes/core';
import { resample } from '../resample/resample.js';
import { toMono, type Waveform } from '../wav/waveform.js';
import { findSpeech } from './find-speech.js';
import { decibels } from './quantile.js';
import { reduceNoise } from './reduce-noise.js';

/** How a recording of speech becomes the clip that a model takes, as plain JSON. */
export interface SpeechPreprocessing {
  /** Of the clip, Hz. */
  sampleRate: number;
  /** Of the clip. A longer utterance loses its end. */
  samples: number;
  /** Where in the clip the utterance begins, in samples; what comes before it is kept so far. */
  onset: number;
  /** Seconds that are kept after the utterance. */
  tail: number;
  /** What is louder than the loudest moment by so many decibels (negative) is speech. */
  threshold: number;
  /** Seconds; speech that pauses for no longer is one utterance. */
  longestPause: number;
  /** Hz; what is below (offset, hum, rumble) is filtered out. 0 filters nothing. */
  highPass: number;
  /** Over-subtraction of the noise that is learnt outside the utterance; 0 leaves noise alone. */
  noiseReduction: number;
  /** The level of the utterance, RMS in decibels of full scale. */
  level: number;
  /** Seconds; longer recordings are refused. */
  maxDuration: number;
}

/** For `MEL_DIGITS`: 64 frames of 128 samples at 8 kHz, the utterance from frame 10 on. */
export const SPEECH_DIGITS: Readonly<SpeechPreprocessing> = {
  sampleRate: 8000,
  samples: 8192,
  onset: 1280,
  tail: 0.25,
  threshold: -22,
  longestPause: 0.3,
  highPass: 60,
  noiseReduction: 4,
  level: -20,
  maxDuration: 60,
};

const SILENCE = 1e-4; // of full scale: -80 dB
const FADE_IN = 0.004; // s
const FADE_OUT = 0.04; // s

/**
 * A recording as people make it → the clip that a model takes, [samples]: mono, at the model's rate, the
 * loudest utterance at a fixed place and level, silence around it. Training data and what users bring go
 * through the same function, and a clip that was already prepared comes out nearly as it is.
 *
 * @throws InvalidInputError for recordings that are empty, silent, not finite, or too long.
 *
 * @example
 * const clip = await prepareSpeech(readWav(bytes), SPEECH_DIGITS);
 * const mel = new MelSpectrogram(MEL_DIGITS).forward(clip);
 */
export async function prepareSpeech(
  recording: Waveform,
  options: SpeechPreprocessing,
): Promise<Float32Array> {
  const {
    sampleRate,
    samples: length,
    maxDuration,
    onset,
    threshold,
    longestPause,
    noiseReduction,
  } = options;
  const frames = recording.channels[0]?.length ?? 0;
  if (frames === 0) throw new InvalidInputError('The recording is empty. Record it again.');
  const seconds = frames / recording.sampleRate;
  if (seconds > maxDuration) {
    throw new InvalidInputError(
      `The recording lasts ${Math.round(seconds)} s, over the limit of ${maxDuration} s. Cut out the spoken part.`,
    );
  }
  const mono = toMono(recording);
  if (mono.every((x) => Math.abs(x) < SILENCE)) {
    throw new InvalidInputError('The recording is silent. Check the microphone and record it again.');
  }
  const clean = highPassed(await resample(mono, recording.sampleRate, sampleRate), options);
  const speech = findSpeech(clean, { sampleRate, threshold, longestPause });
  if (!speech || speech.power < SILENCE ** 2) {
    throw new InvalidInputError(
      'Nothing is heard in the recording. Check the microphone and record it again.',
    );
  }
  const first = speech.start - onset;
  const end = Math.min(clean.length, speech.end + Math.round(options.tail * sampleRate));
  const last = Math.min(end, first + length);
  const quiet =
    noiseReduction > 0
      ? reduceNoise(clean, { sampleRate, speech: { start: first, end }, overSubtraction: noiseReduction })
      : clean;

  const gain = Math.sqrt(decibels(options.level) / speech.power);
  const clip = new Float32Array(length);
  for (let i = Math.max(0, first); i < last; i++) {
    const fadeIn = Math.min(1, (i - Math.max(0, first) + 1) / (FADE_IN * sampleRate));
    const fadeOut = Math.min(1, (last - i) / (FADE_OUT * sampleRate));
    clip[i - first] = quiet[i] * gain * fadeIn * fadeOut;
  }
  return clip;
}

/** Second-order Butterworth high-pass (bilinear transform), after the mean is taken away. */
function highPassed(samples: Float32Array, { highPass, sampleRate }: SpeechPreprocessing): Float32Array {
  if (highPass === 0) return samples;
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  const k = Math.tan((Math.PI * highPass) / sampleRate);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const a1 = 2 * (k * k - 1) * norm;
  const a2 = (1 - Math.SQRT2 * k + k * k) * norm;
  let z1 = 0;
  let z2 = 0;
  return samples.map((sample) => {
    const x = sample - mean;
    const y = norm * x + z1;
    z1 = -2 * norm * x - a1 * y + z2;
    z2 = norm * x - a2 * y;
    return y;
  });
}
