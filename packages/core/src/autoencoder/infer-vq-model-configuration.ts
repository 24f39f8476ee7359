import { CheckpointError } from '../errors.js';
import type { VqModelConfiguration } from './configuration.js';

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * The configuration of a published VQGAN as far as its weights show it, which is all but the side of its input.
 * @param resolution 256 for taming's and MAGE's, 848 for SpecVQGAN's; it says at which side attention stands.
 * @throws CheckpointError where the tensors are not of a VQGAN.
 */
export function inferVqModelConfiguration(
  tensors: Shapes,
  { resolution }: { resolution: number },
): VqModelConfiguration {
  const shape = (name: string): readonly number[] => {
    const tensor = tensors.get(name);
    if (tensor) return tensor.shape;
    throw new CheckpointError(
      `The checkpoint is not of a VQGAN: it has no ${name}. Name its configuration file.`,
    );
  };
  /** How many there are of `prefix` + 0, 1, 2, … + `suffix`. */
  const count = (prefix: string, suffix: string) => {
    let n = 0;
    while (tensors.has(`${prefix}${n}${suffix}`)) n++;
    return n;
  };
  const [ch, in_channels] = shape('encoder.conv_in.weight');
  const levels = count('encoder.down.', '.block.0.conv1.weight');
  const depths = Array.from({ length: levels }, (_, depth) => depth);
  const [n_embed, embed_dim] = shape('quantize.embedding.weight');
  return {
    ...(!tensors.has('encoder.mid.attn_1.q.weight') && { architecture: 'maskgit' }),
    ddconfig: {
      double_z: false,
      z_channels: shape('encoder.conv_out.weight')[0],
      resolution,
      in_channels,
      out_ch: shape('decoder.conv_out.weight')[0],
      ch,
      ch_mult: depths.map((depth) => shape(`encoder.down.${depth}.block.0.conv1.weight`)[0] / ch),
      num_res_blocks: count('encoder.down.0.block.', '.conv1.weight'),
      attn_resolutions: depths
        .filter((depth) => tensors.has(`encoder.down.${depth}.attn.0.q.weight`))
        .map((depth) => Math.floor(resolution / 2 ** depth)),
      dropout: 0,
    },
    n_embed,
    embed_dim,
  };
}
