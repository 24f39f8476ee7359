import * as tf from '@tensorflow/tfjs-core';
import { meanAbsoluteError } from '@visual-echoes/metrics';
import type { Mel, MelSpectrogram, MultiResolutionStftLoss } from '@visual-echoes/vq-audio';
import { keepFrames } from '../training/keep-frames.js';

/** What made sounds are held against: of each its first whole frames. */
export interface Wanted {
  mels: readonly Mel[];
  recordings: readonly Float32Array[];
}

/** Means over made sounds: |difference| to the mels, in 0..1, and the multi-resolution STFT loss to the recordings. */
export async function soundDistances(
  sounds: readonly Float32Array[],
  { mels, recordings }: Wanted,
  spectrogram: MelSpectrogram,
  stftLoss: MultiResolutionStftLoss,
): Promise<{ mel: number; stft: number }> {
  let mel = 0;
  let stft = 0;
  for (const [i, made] of sounds.entries()) {
    const own = keepFrames(spectrogram.forward(made), 0, mels[i].frames);
    mel += meanAbsoluteError(own.data, mels[i].data) / sounds.length;
    const loss = tf.tidy(() => {
      const length = Math.min(made.length, recordings[i].length);
      const wave = (samples: Float32Array) => tf.tensor3d(samples.subarray(0, length), [1, length, 1]);
      const { spectralConvergence, logMagnitude } = stftLoss.forward(wave(made), wave(recordings[i]));
      return tf.add(spectralConvergence, logMagnitude);
    });
    stft += (await loss.data())[0] / sounds.length;
    loss.dispose();
  }
  return { mel, stft };
}
