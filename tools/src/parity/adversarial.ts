import * as tf from '@tensorflow/tfjs-core';
import {
  discriminatorLoss,
  type Gradients,
  PatchDiscriminator,
  type PatchDiscriminatorConfiguration,
  Random,
  type StateDict,
  VqModel,
  type VqModelConfiguration,
  type VqModelLoss,
  valueAndGradients,
  vqModelLoss,
} from '@visual-echoes/core';
import { AdamW } from '@visual-echoes/core/training';
import { compareFloats, failed, LIMIT, type Row } from './compare.js';
import { toNchw, toNhwc } from './pictures.js';
import { type ReferenceFolder, required } from './reference-folder.js';
import { compareAfter, compareGradients, givenGradients, pick, read } from './training-step.js';

/** taming's PatchGAN, its batch norm in evaluation mode. */
export async function compareDiscriminator(folder: ReferenceFolder): Promise<Row[]> {
  const discriminator = new PatchDiscriminator(folder.configuration as PatchDiscriminatorConfiguration);
  discriminator.loadStateDict(folder.weights);
  const logits = tf.tidy(() => toNchw(discriminator.forward(toNhwc(required(folder, 'x')))));
  const row = compareFloats('logits', await read(logits), required(folder, 'logits'));
  discriminator.dispose();
  return [row];
}

interface AdversarialConfiguration {
  model: VqModelConfiguration;
  disc: { n_layers: number; ndf: number; weight: number };
  lr: number;
}

/** One adversarial step of a VQGAN: both losses and gradients, and what Adam makes of the given gradients. */
export async function compareAdversarialStep(folder: ReferenceFolder): Promise<Row[]> {
  const { model: vqgan, disc, lr } = folder.configuration as unknown as AdversarialConfiguration;
  const { n_layers, ndf, weight } = disc;
  const random = new Random(0);
  const model = new VqModel(vqgan, { random });
  model.loadStateDict(under(folder.weights, 'model.'));
  const input_nc = vqgan.ddconfig.out_ch;
  const discriminator = new PatchDiscriminator({ input_nc, ndf, n_layers }, { random });
  discriminator.loadStateDict(under(folder.weights, 'discriminator.'));
  const x = toNhwc(required(folder, 'x'));

  const outputs = new Map<string, tf.Tensor>();
  const keep = (name: string, tensor: tf.Tensor) => outputs.set(name, tf.keep(tf.clone(tensor)));
  let decoded: tf.Tensor4D | undefined;
  const ours = valueAndGradients(() => {
    const result: VqModelLoss = vqModelLoss(model, x, { adversary: { discriminator, weight } });
    decoded = tf.keep(tf.clone(result.decoded));
    keep('recon', toNchw(result.decoded));
    keep('rec_loss', result.metrics.reconstruction);
    keep('codebook_loss', result.metrics.codebook);
    keep('g_loss', result.metrics.adversarial!);
    keep('d_weight', result.metrics.adversarialWeight!);
    return result.loss;
  }, model.trainableParameters());
  outputs.set('loss', ours.value);
  // Its running averages are those of its own turn alone.
  discriminator.loadStateDict(under(folder.weights, 'discriminator.'));
  const theirs = valueAndGradients(() => {
    const { loss, metrics } = discriminatorLoss(discriminator, x, decoded!);
    keep('logits_real', metrics.logitsReal);
    keep('logits_fake', metrics.logitsFake);
    return loss;
  }, discriminator.trainableParameters());
  outputs.set('disc_loss', theirs.value);

  const rows: Row[] = [];
  for (const [name, reference] of Object.entries(folder.io)) {
    if (name === 'x' || /^(grad|after)\./.test(name)) continue;
    const output = outputs.get(name);
    rows.push(
      output
        ? compareFloats(name, (await output.data()) as Float32Array, reference)
        : failed(name, LIMIT, 'not an output of this model'),
    );
  }
  tf.dispose([x, decoded!, ...outputs.values()]);
  rows.push(...(await compareSide(folder, 'model', model, ours.gradients, lr)));
  rows.push(...(await compareSide(folder, 'discriminator', discriminator, theirs.gradients, lr)));
  return rows;
}

/** Gradients, and weights after a step of Adam (0.5, 0.9), of one of the two. */
async function compareSide(
  folder: ReferenceFolder,
  side: 'model' | 'discriminator',
  module: VqModel | PatchDiscriminator,
  gradients: Gradients,
  learningRate: number,
): Promise<Row[]> {
  const parameters = module.trainableParameters();
  const references = pick(folder, `grad.${side}.`);
  const rows = await compareGradients(folder, parameters, gradients, `grad.${side}.`);
  const given = givenGradients(references, parameters);
  const optimizer = new AdamW(parameters, { betas: [0.5, 0.9], weightDecay: 0 });
  optimizer.step(given, learningRate);
  tf.dispose([...gradients.values(), ...given.values()]);
  const after = pick(folder, `after.${side}.`);
  rows.push(...(await compareAfter(after, module.namedParameters(), {}, `after.${side}.`)));
  optimizer.dispose();
  module.dispose();
  return rows;
}

const under = (state: StateDict, prefix: string): StateDict =>
  Object.fromEntries(pick({ io: state }, prefix));
