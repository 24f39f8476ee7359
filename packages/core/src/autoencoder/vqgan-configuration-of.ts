import { ConfigurationError } from '../errors.js';
import { type VqModelConfiguration, validateVqModelConfiguration } from './configuration.js';

type Entries = Record<string, unknown>;

/** What taming's encoder and decoder ignore where it is so, and what would be another network where it is not. */
const FIXED: Entries = {
  resamp_with_conv: true,
  tanh_out: false,
  give_pre_end: false,
  use_linear_attn: false,
  attn_type: 'vanilla',
};

const SIZES = [
  'double_z',
  'z_channels',
  'resolution',
  'in_channels',
  'out_ch',
  'ch',
  'ch_mult',
  'num_res_blocks',
  'attn_resolutions',
  'dropout',
  'norm_groups',
] as const;

/**
 * The configuration of a VQGAN from a file of taming-transformers, SpecVQGAN or MAGE, read from YAML or JSON: the
 * whole file, its `model`, or the `params` in it. MAGE's file is that of taming's network to the letter, so
 * `architecture: 'maskgit'` must be said.
 * @throws ConfigurationError that names the first entry which cannot be.
 *
 * @example
 * vqganConfigurationOf({ model: { target: 'taming.models.vqgan.VQModel', params: { ddconfig, n_embed: 1024, embed_dim: 256 } } });
 */
export function vqganConfigurationOf(
  file: unknown,
  { architecture }: Pick<VqModelConfiguration, 'architecture'> = {},
): VqModelConfiguration {
  const model = inside(file, 'model') ?? (file as Entries);
  const target = model?.['target'];
  if (target !== undefined && !/(^|\.)VQModel$/.test(String(target))) {
    throw new ConfigurationError(
      `VQGAN configuration: model.target is ${JSON.stringify(target)}, not a VQModel.`,
    );
  }
  const params = inside(model, 'params') ?? model;
  const given = inside(params, 'ddconfig');
  if (!given) {
    throw new ConfigurationError(
      'VQGAN configuration: there is no ddconfig in the file, its model.params or its model; give it the whole file.',
    );
  }
  for (const [name, wanted] of Object.entries(FIXED)) {
    if (given[name] !== undefined && given[name] !== wanted) {
      const [value, only] = [given[name], wanted].map((one) => JSON.stringify(one));
      throw new ConfigurationError(`VQGAN configuration: ddconfig.${name} is ${value}; it must be ${only}.`);
    }
  }
  if (params['remap'] !== undefined && params['remap'] !== null) {
    throw new ConfigurationError('VQGAN configuration: remapped codes (params.remap) are not supported.');
  }
  const ddconfig = Object.fromEntries(
    SIZES.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  );
  const configuration = {
    ...(architecture && { architecture }),
    ddconfig,
    n_embed: params['n_embed'],
    embed_dim: params['embed_dim'],
  } as unknown as VqModelConfiguration;
  validateVqModelConfiguration(configuration);
  return configuration;
}

/** An object inside another, or undefined. */
function inside(value: unknown, name: string): Entries | undefined {
  const found = typeof value === 'object' && value !== null ? (value as Entries)[name] : undefined;
  return typeof found === 'object' && found !== null ? (found as Entries) : undefined;
}
