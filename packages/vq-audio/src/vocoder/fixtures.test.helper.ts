import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { permute, type StateDict } from '@visual-echoes/core';
import { expect } from 'vitest';

/** Of `fixtures/make-vocoder-fixtures.py`. */
export interface FixtureTensor {
  shape: number[];
  data: number[];
}

export interface VocoderFixtures {
  generators: Record<
    string,
    { configuration: unknown; weights: Record<string, FixtureTensor>; mel: FixtureTensor; wav: FixtureTensor }
  >;
  discriminators: Record<
    string,
    {
      weights: Record<string, FixtureTensor>;
      real: FixtureTensor;
      made: FixtureTensor;
      logits: FixtureTensor[];
      discriminator_loss: number;
      generator_loss: number;
      feature_matching: number;
      gradient: FixtureTensor;
    }
  >;
  spectra: {
    real: FixtureTensor;
    made: FixtureTensor;
    resolutions: [fftSize: number, hopLength: number, windowLength: number][];
    spectral_convergence: number;
    log_magnitude: number;
    stft_gradient: FixtureTensor;
    mel: FixtureTensor;
    mel_loss: number;
    mel_gradient: FixtureTensor;
  };
}

export const vocoderFixtures = JSON.parse(
  readFileSync(new URL('../../fixtures/vocoders.json', import.meta.url), 'utf8'),
) as VocoderFixtures;

/** Makes `cpu` the current backend, without its greeting. */
export async function useCpu(): Promise<void> {
  await tf.setBackend('cpu');
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}

export const stateOf = (weights: Record<string, FixtureTensor>): StateDict =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );

/** [B, C, T] of PyTorch → [B, T, C]. */
export function fromChannelsFirst({ shape, data }: FixtureTensor): tf.Tensor3D {
  const [batch, channels, length] = shape;
  return tf.tensor3d(permute(Float32Array.from(data), shape, [0, 2, 1]), [batch, length, channels]);
}

/** Expects max |difference| ≤ `tolerance` · max |reference|, the two equally long. */
export function expectClose(ours: ArrayLike<number>, reference: ArrayLike<number>, tolerance: number): void {
  expect(ours.length).toBe(reference.length);
  const scale = Math.max(...Array.from(reference, Math.abs));
  // Written so that NaN falls short.
  const within = Array.from(reference, (value, i) => Math.abs(ours[i] - value) <= tolerance * scale);
  const worst = Math.max(...Array.from(reference, (value, i) => Math.abs(ours[i] - value)));
  expect(within.every(Boolean), `${worst} of ${scale}`).toBe(true);
}
