import * as tf from '@tensorflow/tfjs-core';
import { foldWeightNorm, permute } from '@visual-echoes/core';
import {
  type Generator,
  type GeneratorForm,
  type HiFiGanConfiguration,
  HiFiGanGenerator,
  type MelGanConfiguration,
  MelGanGenerator,
} from '@visual-echoes/vq-audio';
import { compareFloats, failed, LIMIT, type Row } from './compare.js';
import { type ReferenceFolder, required } from './reference-folder.js';

/** MelGAN's generator. */
export const compareMelGan = (folder: ReferenceFolder): Promise<Row[]> =>
  compareGenerator(
    folder,
    (form) => new MelGanGenerator(folder.configuration as unknown as MelGanConfiguration, { form }),
  );

/** HiFi-GAN's generator. */
export const compareHiFiGan = (folder: ReferenceFolder): Promise<Row[]> =>
  compareGenerator(
    folder,
    (form) => new HiFiGanGenerator(folder.configuration as unknown as HiFiGanConfiguration, { form }),
  );

/** Mel → wave, with the weight norms as they are and folded. */
async function compareGenerator(
  folder: ReferenceFolder,
  make: (form: GeneratorForm) => Generator,
): Promise<Row[]> {
  const mel = required(folder, 'mel');
  const wave = required(folder, 'wav');
  const rows: Row[] = [];
  for (const form of ['weight-norm', 'plain'] as const) {
    const generator = make(form);
    generator.loadStateDict(form === 'plain' ? foldWeightNorm(folder.weights) : folder.weights);
    const output = tf.tidy(() => {
      const [batch, bands, frames] = mel.shape; // NCT
      return generator.forward(tf.tensor3d(permute(mel.data, mel.shape, [0, 2, 1]), [batch, frames, bands]));
    });
    const ours = (await output.data()) as Float32Array;
    rows.push(compareFloats(form === 'plain' ? 'wav, weights folded' : 'wav', ours, wave));
    output.dispose();
    generator.dispose();
  }
  for (const name of Object.keys(folder.io)) {
    if (name !== 'mel' && name !== 'wav') rows.push(failed(name, LIMIT, 'not an output of this model'));
  }
  return rows;
}
