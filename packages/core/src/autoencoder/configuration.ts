import { ConfigurationError } from '../errors.js';

/** The constructor arguments of taming's `VQModel`, by the names of its YAML files. */
export interface VqModelConfiguration {
  /** 'maskgit' is the VQGAN of MaskGIT that MAGE uses; it ignores `attn_resolutions`. */
  architecture?: 'taming' | 'maskgit';
  ddconfig: {
    /** Kept for the published files; a vector-quantized model has no second half of z. */
    double_z?: boolean;
    z_channels: number;
    /** The larger side of the input; it decides at which level attention stands. */
    resolution: number;
    in_channels: number;
    out_ch: number;
    ch: number;
    ch_mult: number[];
    num_res_blocks: number;
    attn_resolutions: number[];
    dropout?: number;
    /** Groups of every group normalization; 32 in all published models. */
    norm_groups?: number;
  };
  /** Codes in the codebook. */
  n_embed: number;
  /** Length of a code. */
  embed_dim: number;
}

const positive = (value: unknown) => Number.isInteger(value) && (value as number) > 0;

/** @throws ConfigurationError that names the first entry which cannot be. */
export function validateVqModelConfiguration(configuration: VqModelConfiguration): void {
  const fail = (name: string, value: unknown, wanted: string): never => {
    throw new ConfigurationError(
      `VQGAN configuration: ${name} is ${JSON.stringify(value)}; it must be ${wanted}.`,
    );
  };
  const dd = configuration?.ddconfig;
  if (!dd) fail('ddconfig', dd, 'an object');
  for (const name of ['z_channels', 'resolution', 'in_channels', 'out_ch', 'ch', 'num_res_blocks'] as const) {
    if (!positive(dd[name])) fail(`ddconfig.${name}`, dd[name], 'a positive whole number');
  }
  if (!Array.isArray(dd.ch_mult) || dd.ch_mult.length === 0 || !dd.ch_mult.every(positive)) {
    fail('ddconfig.ch_mult', dd.ch_mult, 'a list of positive whole numbers');
  }
  if (!Array.isArray(dd.attn_resolutions)) fail('ddconfig.attn_resolutions', dd.attn_resolutions, 'a list');
  if (dd.double_z) fail('ddconfig.double_z', dd.double_z, 'false');
  if (dd.dropout) fail('ddconfig.dropout', dd.dropout, '0, as in every published VQGAN');
  if (dd.norm_groups !== undefined && !positive(dd.norm_groups)) {
    fail('ddconfig.norm_groups', dd.norm_groups, 'a positive whole number');
  }
  if (!positive(configuration.n_embed)) fail('n_embed', configuration.n_embed, 'a positive whole number');
  if (!positive(configuration.embed_dim))
    fail('embed_dim', configuration.embed_dim, 'a positive whole number');
  const { architecture = 'taming', embed_dim } = configuration;
  if (architecture !== 'taming' && architecture !== 'maskgit') {
    fail('architecture', architecture, "'taming' or 'maskgit'");
  }
  if (architecture === 'maskgit' && embed_dim !== dd.z_channels) {
    fail('embed_dim', embed_dim, `z_channels, ${dd.z_channels}, in MaskGIT's`);
  }
}
