import * as tf from '@tensorflow/tfjs-core';
import { VqModel, type VqModelConfiguration } from '@visual-echoes/core';
import { compareFloats, compareIndices, failed, LIMIT, type Row } from './compare.js';
import { toNchw, toNhwc } from './pictures.js';
import { type ReferenceFolder, required } from './reference-folder.js';

/** The VQGAN of taming-transformers and SpecVQGAN, in evaluation mode. */
export const compareVqgan = (folder: ReferenceFolder) =>
  compareVqModel(folder, folder.configuration as unknown as VqModelConfiguration);

/** MAGE's own image tokenizer, in evaluation mode. */
export const compareMaskgitVqgan = (folder: ReferenceFolder) =>
  compareVqModel(folder, {
    ...(folder.configuration['model'] as VqModelConfiguration),
    architecture: 'maskgit',
  });

async function compareVqModel(folder: ReferenceFolder, configuration: VqModelConfiguration): Promise<Row[]> {
  // Without dropout, which evaluation has not.
  const model = new VqModel({ ...configuration, ddconfig: { ...configuration.ddconfig, dropout: 0 } });
  model.loadStateDict(folder.weights);
  const outputs = tf.tidy(() => {
    const z = model.preQuantize(toNhwc(required(folder, 'x')));
    const { quantized, indices, loss } = model.quantize.forward(z);
    const recon = toNchw(model.decode(quantized));
    return {
      pre_quant: toNchw(z),
      indices,
      quant: toNchw(quantized),
      recon,
      codebook_loss: loss as tf.Tensor,
    };
  });
  const rows: Row[] = [];
  for (const [name, reference] of Object.entries(folder.io)) {
    if (name === 'x') continue;
    if (!Object.hasOwn(outputs, name)) {
      rows.push(failed(name, LIMIT, 'not an output of this model'));
      continue;
    }
    const ours = await outputs[name as keyof typeof outputs].data();
    rows.push(
      name === 'indices'
        ? compareIndices(name, ours, reference)
        : compareFloats(name, ours as Float32Array, reference),
    );
  }
  tf.dispose(outputs);
  model.dispose();
  return rows;
}
