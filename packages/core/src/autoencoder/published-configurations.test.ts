import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { ConfigurationError } from '../errors.js';
import { useCpu } from '../testing.test.helper.js';
import { VqModel } from './vq-model.js';
import { vqganConfigurationOf } from './vqgan-configuration-of.js';

beforeAll(useCpu);

const ddconfig = {
  double_z: false,
  z_channels: 256,
  resolution: 256,
  in_channels: 3,
  out_ch: 3,
  ch: 128,
  ch_mult: [1, 1, 2, 2, 4],
  num_res_blocks: 2,
  attn_resolutions: [16],
  dropout: 0,
};
const lossconfig = (name: string, params: object) => ({
  target: name,
  params: { disc_conditional: false, disc_weight: 0.8, codebook_weight: 1, ...params },
});

// configs/imagenet_vqgan.yaml
const taming = (n_embed: number) => ({
  model: {
    base_learning_rate: 4.5e-6,
    target: 'taming.models.vqgan.VQModel',
    params: {
      embed_dim: 256,
      n_embed,
      ddconfig,
      lossconfig: lossconfig('taming.modules.losses.vqperceptual.VQLPIPSWithDiscriminator', {
        disc_in_channels: 3,
        disc_start: 250001,
      }),
    },
  },
  data: { target: 'main.DataModuleFromConfig' },
});

// configs/vggsound_codebook.yaml and configs/vas_codebook.yaml
const specvqgan = (n_embed: number) => ({
  model: {
    target: 'specvqgan.models.vqgan.VQModel',
    params: {
      embed_dim: 256,
      n_embed,
      ddconfig: { ...ddconfig, resolution: 848, in_channels: 1, out_ch: 1, attn_resolutions: [53] },
      lossconfig: lossconfig('specvqgan.modules.losses.vqperceptual.VQLPAPSWithDiscriminator', {
        disc_in_channels: 1,
        disc_start: 30001,
        min_adapt_weight: 1,
        max_adapt_weight: 1,
      }),
    },
  },
  lightning: { trainer: { sync_batchnorm: true } },
});

// config/vqgan.yaml
const mage = {
  model: { target: 'taming.models.vqgan.VQModel', params: { embed_dim: 256, n_embed: 1024, ddconfig } },
};

/** Added up by hand from the layers of the published networks: 72.1 million of taming's and SpecVQGAN's. */
it.each([
  ['taming, f16, 1,024 codes', taming(1024), undefined, 72_141_699],
  ['taming, f16, 16,384 codes', taming(16384), undefined, 76_073_859],
  ['SpecVQGAN of VGGSound', specvqgan(1024), undefined, 72_137_089],
  ['SpecVQGAN of VAS', specvqgan(128), undefined, 71_907_713],
  ['MAGE', mage, 'maskgit' as const, 54_515_587],
])('%s has its published size, and allocates nothing for it', (_, file, architecture, parameters) => {
  const before = tf.memory().numTensors;
  const model = new VqModel(vqganConfigurationOf(file, { architecture }));
  expect(model.parameterCount()).toBe(parameters);
  expect(model.downsampling).toBe(16);
  expect(tf.memory().numTensors).toBe(before);
});

it('takes the file, its model and its params alike, and drops what is not of the network', () => {
  const file = taming(1024);
  const configuration = vqganConfigurationOf(file);
  expect(configuration).toEqual({ ddconfig, n_embed: 1024, embed_dim: 256 });
  expect(vqganConfigurationOf(file.model)).toEqual(configuration);
  expect(vqganConfigurationOf(file.model.params)).toEqual(configuration);
  expect(vqganConfigurationOf({ model: file.model.params })).toEqual(configuration);
});

it('names what cannot be', () => {
  const params = taming(1024).model.params;
  const wrong: [unknown, RegExp][] = [
    [undefined, /no ddconfig/],
    ['model', /no ddconfig/],
    [{ model: { target: 'taming.models.vqgan.GumbelVQ', params } }, /GumbelVQ", not a VQModel/],
    [{ ...params, n_embed: '1024' }, /n_embed is "1024"/],
    [{ ...params, remap: 'used.npy' }, /remap/],
    [
      { ...params, ddconfig: { ...ddconfig, resamp_with_conv: false } },
      /resamp_with_conv is false; it must be true/,
    ],
    [{ ...params, ddconfig: { ...ddconfig, ch_mult: 2 } }, /ch_mult/],
    [{ ...params, ddconfig: { ...ddconfig, double_z: true } }, /double_z/],
  ];
  for (const [file, message] of wrong) {
    expect(() => vqganConfigurationOf(file)).toThrow(ConfigurationError);
    expect(() => vqganConfigurationOf(file)).toThrow(message);
  }
  expect(() => vqganConfigurationOf({ ...params, embed_dim: 64 }, { architecture: 'maskgit' })).toThrow(
    /embed_dim is 64/,
  );
});
