import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError, ShapeError, throwIfCancelled } from '@visual-echoes/core';
import type { Mel, MelConfig } from '../../mel/mel-spectrogram.js';
import type { VocodeOptions, Vocoder } from '../vocoder.js';
import type { Generator } from './generator.js';

/**
 * What a generator was trained on: this project's mel in 0..1 as it is (`unit`, also SpecVQGAN's), the decimal logarithm
 * of magnitudes (`log10`, the authors' MelGAN) or the natural one (`ln`, the authors' HiFi-GAN).
 */
export type GeneratorInput = 'unit' | 'log10' | 'ln';

/** Options of `NeuralVocoder`. */
export interface NeuralVocoderOptions {
  input?: GeneratorInput;
  /** Frames, of all mels of one pass together, that are computed at once; more need more memory. */
  framesAtOnce?: number;
}

interface Call {
  mel: Mel;
  signal?: AbortSignal | undefined;
  resolve: (samples: Float32Array) => void;
  reject: (error: unknown) => void;
}

/**
 * A generator as a vocoder. Calls of one turn whose mels are equally long are computed together. It owns the generator,
 * and draws no random numbers.
 *
 * @example
 * const generator = new HiFiGanGenerator(configuration);
 * generator.loadStateDict(foldWeightNorm(state));
 * const vocoder = new NeuralVocoder(generator, MEL_DIGITS);
 * const samples = await vocoder.vocode(mel);
 * vocoder.dispose();
 */
export class NeuralVocoder implements Vocoder {
  readonly sampleRate: number;
  readonly hopLength: number;
  readonly bands: number;
  readonly concurrency: number;
  readonly generator: Generator;
  /** What a mel value is multiplied by, and what is then added. */
  private readonly mapping: readonly [factor: number, offset: number];
  private readonly framesAtOnce: number;
  private waiting: Call[] = [];

  /** @throws ConfigurationError where the generator is not for these mels. */
  constructor(
    generator: Generator,
    { sampleRate, hopLength, melBands, scaling }: MelConfig,
    { input = 'unit', framesAtOnce = 2048 }: NeuralVocoderOptions = {},
  ) {
    if (generator.bands !== melBands || generator.hopLength !== hopLength) {
      throw new ConfigurationError(
        `The mels have ${melBands} bands and frames of ${hopLength} samples; the vocoder takes ${generator.bands} bands ` +
          `and makes ${generator.hopLength} samples a frame.`,
      );
    }
    this.generator = generator;
    this.sampleRate = sampleRate;
    this.hopLength = hopLength;
    this.bands = melBands;
    this.framesAtOnce = framesAtOnce;
    this.concurrency = Math.max(1, Math.floor(framesAtOnce / 64));
    const { minDb, maxDb } = scaling;
    const perDecibel = { unit: 0, log10: 1 / 20, ln: Math.LN10 / 20 }[input];
    this.mapping = input === 'unit' ? [1, 0] : [(maxDb - minDb) * perDecibel, minDb * perDecibel];
  }

  async vocode(mel: Mel, { signal }: VocodeOptions = {}): Promise<Float32Array> {
    throwIfCancelled(signal);
    const { data, bands, frames } = mel;
    if (bands !== this.bands || frames < 1 || data.length !== bands * frames) {
      throw new ShapeError(
        `A mel here is [${this.bands} × frames]; this one has ${bands} bands, ${frames} frames and ${data.length} values.`,
      );
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ mel, signal, resolve, reject });
      if (this.waiting.length === 1) queueMicrotask(() => void this.computeWaiting());
    });
  }

  /** Frees the generator. */
  dispose(): void {
    this.generator.dispose();
  }

  private async computeWaiting(): Promise<void> {
    const calls = this.waiting;
    this.waiting = [];
    for (const frames of new Set(calls.map(({ mel }) => mel.frames))) {
      const alike = calls.filter(({ mel }) => mel.frames === frames);
      const atOnce = Math.max(1, Math.floor(this.framesAtOnce / frames));
      for (let start = 0; start < alike.length; start += atOnce) {
        await this.compute(alike.slice(start, start + atOnce), frames);
      }
    }
  }

  private async compute(calls: readonly Call[], frames: number): Promise<void> {
    try {
      const wanted = calls.filter(({ signal, reject }) => {
        try {
          throwIfCancelled(signal);
          return true;
        } catch (error) {
          reject(error);
          return false;
        }
      });
      if (wanted.length === 0) return;
      const samples = frames * this.hopLength;
      const waves = tf.tidy(() => {
        const wave = this.generator.forward(this.toInput(wanted.map(({ mel }) => mel)));
        return tf.slice(wave, [0, 0, 0], [wanted.length, samples, 1]);
      });
      try {
        const values = (await waves.data()) as Float32Array;
        wanted.forEach(({ resolve }, i) => resolve(values.slice(i * samples, (i + 1) * samples)));
      } finally {
        waves.dispose();
      }
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }

  /** Mels as the generator takes them, [B, frames, bands]; the last frame repeated where they are too short for it. */
  private toInput(mels: readonly Mel[]): tf.Tensor3D {
    const [factor, offset] = this.mapping;
    const { bands } = this;
    const { frames } = mels[0];
    const length = Math.max(frames, this.generator.leastFrames);
    const values = new Float32Array(mels.length * length * bands);
    let at = 0;
    for (const { data } of mels) {
      for (let t = 0; t < length; t++) {
        for (let band = 0; band < bands; band++) {
          const value = data[band * frames + Math.min(t, frames - 1)];
          values[at++] = Math.min(1, Math.max(0, value)) * factor + offset;
        }
      }
    }
    return tf.tensor3d(values, [mels.length, length, bands]);
  }
}
