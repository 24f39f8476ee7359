import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { type Gradients, valueAndGradients } from '../autograd/value-and-gradients.js';
import { Conv2d } from '../layers/conv2d.js';
import { toFile } from '../module/layout.js';
import { Parameter } from '../module/parameter.js';
import { Random } from '../random.js';
import {
  expectClose,
  type FixtureTensor,
  picture,
  picturesOf,
  readFixture,
  stateTensor,
  useCpu,
} from '../testing.test.helper.js';
import '../training/index.js';
import { type DiscriminatorLossForm, discriminatorLoss } from './discriminator-loss.js';
import { PatchDiscriminator } from './patch-discriminator.js';
import { type ReconstructionLoss, reconstructionLoss } from './reconstruction-loss.js';

type Tensors = Record<string, FixtureTensor>;

interface Step {
  form: DiscriminatorLossForm;
  layers: number;
  weight: number;
  adaptive_limit: number;
  perceptual_weight: number;
  pictures: FixtureTensor;
  features: FixtureTensor;
  conv_out: Tensors;
  discriminator: Tensors;
  loss: number;
  reconstruction: number;
  perceptual: number;
  adversarial: number;
  adversarial_weight: number;
  gradients: Tensors;
  discriminator_loss: number;
  logits: [number, number];
  discriminator_gradients: Tensors;
  discriminator_buffers: Tensors;
}

beforeAll(useCpu);

const { steps } = readFixture<{ steps: Step[] }>('adversarial.json');
const state = (tensors: Tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, stateTensor(tensor)]));

function expectGradients(
  gradients: Gradients,
  parameters: Map<string, Parameter>,
  references: Tensors,
): void {
  expect([...parameters.keys()].sort()).toEqual(Object.keys(references).sort());
  for (const [name, { shape, layout }] of parameters) {
    const ours = toFile(gradients.get(name)!.dataSync() as Float32Array, shape, layout);
    expectClose(ours, references[name].data, 1e-4);
  }
}

it.each(steps)("a step with the $form loss has PyTorch's losses and gradients", async (step) => {
  const random = new Random(0);
  const convOut = new Conv2d(2, 1, { random, padding: 1 });
  convOut.loadStateDict(state(step.conv_out));
  const discriminator = new PatchDiscriminator({ input_nc: 1, ndf: 2, n_layers: step.layers });
  discriminator.loadStateDict(state(step.discriminator));
  const pictures = picture(step.pictures);
  const given = picture(step.features);
  const features = new Parameter(given.shape, () => given.dataSync() as Float32Array);
  const before = tf.memory().numTensors;

  const parameters = new Map([['features', features]]);
  for (const [name, parameter] of convOut.namedParameters()) parameters.set(`conv_out.${name}`, parameter);
  let decoded: tf.Tensor4D | undefined;
  let metrics: Record<string, number> = {};
  const values = (tensors: Record<string, tf.Scalar>) =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync()[0]]));
  const ours = valueAndGradients(() => {
    const result: ReconstructionLoss = reconstructionLoss(
      pictures,
      features.value as unknown as tf.Tensor4D,
      convOut,
      {
        perceptual: (a, b) => tf.mean(tf.squaredDifference(a, b)),
        perceptualWeight: step.perceptual_weight,
        adversary: { discriminator, weight: step.weight, adaptiveLimit: step.adaptive_limit },
      },
    );
    decoded = tf.keep(tf.clone(result.decoded));
    metrics = values(result.metrics);
    return result.loss;
  }, parameters);
  expectClose(ours.value.dataSync(), [step.loss], 1e-5);
  const { reconstruction, perceptual, adversarial, adversarial_weight: adversarialWeight } = step;
  for (const [name, value] of Object.entries({
    reconstruction,
    perceptual,
    adversarial,
    adversarialWeight,
  })) {
    expectClose([metrics[name]], [value], 1e-5);
  }
  const { features: slope, ...filters } = step.gradients;
  expectClose(picturesOf(ours.gradients.get('features') as tf.Tensor4D), slope.data, 1e-4);
  parameters.delete('features');
  expectGradients(ours.gradients, parameters, filters);

  const theirs = valueAndGradients(() => {
    const { loss, metrics } = discriminatorLoss(discriminator, pictures, decoded!, { form: step.form });
    const { logitsReal, logitsFake } = values(metrics);
    expectClose([logitsReal, logitsFake], step.logits, 1e-5);
    return loss;
  }, discriminator.trainableParameters());
  expectClose(theirs.value.dataSync(), [step.discriminator_loss], 1e-5);
  expectGradients(theirs.gradients, discriminator.trainableParameters(), step.discriminator_gradients);
  const buffers = await discriminator.stateDict();
  for (const [name, { data }] of Object.entries(step.discriminator_buffers)) {
    expectClose(buffers[name].data, data, 1e-5);
  }

  tf.dispose([ours.value, theirs.value, decoded!, ...ours.gradients.values(), ...theirs.gradients.values()]);
  features.dispose();
  expect(tf.memory().numTensors).toBe(before);
  for (const module of [convOut, discriminator]) module.dispose();
  tf.dispose([pictures, given]);
});

it('without an adversary is the error alone, with a gradient of its own', () => {
  const [step] = steps;
  const convOut = new Conv2d(2, 1, { random: new Random(0), padding: 1 });
  convOut.loadStateDict(state(step.conv_out));
  const [pictures, features] = [picture(step.pictures), picture(step.features)];
  const score = (f: tf.Tensor) => reconstructionLoss(pictures, f as tf.Tensor4D, convOut).loss;
  const { value, grad } = tf.valueAndGrad(score)(features);
  expectClose(value.dataSync(), [step.reconstruction], 1e-5);
  expect(grad.dataSync().some((slope) => slope !== 0)).toBe(true);
  tf.dispose([value, grad, pictures, features]);
  convOut.dispose();
});
