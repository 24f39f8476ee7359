import * as tf from '@tensorflow/tfjs-core';
import { MelFilterbank } from '../../mel/mel-filterbank.js';
import type { MelConfig } from '../../mel/mel-spectrogram.js';
import { Spectrum } from './spectrum.js';

/** Powers below this are raised to it: the root of 0 has no gradient. Far under what a mel's floor lets through. */
const LEAST_POWER = 1e-14;

/** The mel of `MelSpectrogram` with a gradient, and the mean absolute difference of two. All frames are kept. */
export class MelLoss {
  private readonly config: MelConfig;
  private readonly spectrum: Spectrum;
  private held?: tf.Tensor2D;

  constructor(config: MelConfig) {
    this.config = config;
    this.spectrum = new Spectrum(config);
  }

  /** Waves [B, samples, 1] → mels [B, frames, bands] in 0..1, the numbers of `MelSpectrogram` with centred frames. */
  mel(wave: tf.Tensor3D): tf.Tensor3D {
    return tf.clipByValue(this.scaled(wave), 0, 1);
  }

  /**
   * Mean |mel(made) − mel(real)|, but not clipped where the real one is within 0..1: a made sound that is too quiet
   * there would have no gradient.
   */
  forward(made: tf.Tensor3D, real: tf.Tensor3D): tf.Scalar {
    const wanted = this.scaled(real);
    const target = tf.clipByValue(wanted, 0, 1);
    const inside = tf.cast(tf.equal(wanted, target), 'float32');
    const x = this.scaled(made);
    const seen = tf.add(tf.mul(inside, x), tf.mul(tf.sub(1, inside), tf.clipByValue(x, 0, 1)));
    return tf.mean(tf.abs(tf.sub(seen, target)));
  }

  dispose(): void {
    this.spectrum.dispose();
    this.held?.dispose();
    delete this.held;
  }

  private scaled(wave: tf.Tensor3D): tf.Tensor3D {
    const { power, scaling, melBands } = this.config;
    const { minDb, maxDb, floor } = scaling;
    const powers = this.spectrum.powers(wave);
    const [batch, frames, bins] = powers.shape;
    const linear = power === 1 ? tf.sqrt(tf.maximum(powers, LEAST_POWER)) : powers;
    const mel = tf.matMul(tf.reshape(linear, [-1, bins]) as tf.Tensor2D, this.filters());
    const decibels = tf.mul(tf.log(tf.maximum(mel, floor)), 20 / power / Math.LN10);
    return tf.reshape(tf.div(tf.sub(decibels, minDb), maxDb - minDb), [batch, frames, melBands]);
  }

  /** [bins, bands] */
  private filters(): tf.Tensor2D {
    if (!this.held) {
      const { bins, bands, first, weights } = new MelFilterbank(this.config);
      const values = new Float32Array(bins * bands);
      weights.forEach((run, band) => {
        run.forEach((weight, i) => {
          values[(first[band] + i) * bands + band] = weight;
        });
      });
      this.held = tf.keep(tf.tensor2d(values, [bins, bands]));
    }
    return this.held;
  }
}
