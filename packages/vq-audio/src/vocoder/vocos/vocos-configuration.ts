import { CheckpointError, ConfigurationError } from '@visual-echoes/core';
import type { VocosConfiguration } from './vocos-generator.js';

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * The generator's arguments from the authors' `config.yaml`, as published or within a training's settings.
 * @throws ConfigurationError that names the first entry which cannot be.
 */
export function vocosConfigurationOf(published: Readonly<Record<string, unknown>>): VocosConfiguration {
  const model = ((published['model'] as Record<string, unknown> | undefined)?.['init_args'] ??
    published) as Record<string, unknown>;
  const argumentsOf = (part: string): Record<string, unknown> => {
    const { init_args: found } = (model[part] ?? {}) as { init_args?: Record<string, unknown> };
    if (typeof found === 'object' && found !== null) return found;
    throw new ConfigurationError(`Vocos configuration: ${part}.init_args is missing.`);
  };
  const backbone = argumentsOf('backbone');
  const head = argumentsOf('head');
  const number = (part: Record<string, unknown>, name: string): number => {
    const value = part[name];
    if (Number.isInteger(value) && (value as number) > 0) return value as number;
    throw new ConfigurationError(
      `Vocos configuration: ${name} is ${JSON.stringify(value)}; it must be a positive whole number.`,
    );
  };
  if (backbone['adanorm_num_embeddings']) {
    throw new ConfigurationError(
      'Vocos configuration: adanorm_num_embeddings is of the model for EnCodec; only those for mels can be used.',
    );
  }
  const { padding = 'same' } = head;
  if (padding !== 'same' && padding !== 'center') {
    throw new ConfigurationError(
      `Vocos configuration: padding is ${JSON.stringify(padding)}, not same or center.`,
    );
  }
  return {
    input_channels: number(backbone, 'input_channels'),
    dim: number(backbone, 'dim'),
    intermediate_dim: number(backbone, 'intermediate_dim'),
    num_layers: number(backbone, 'num_layers'),
    n_fft: number(head, 'n_fft'),
    hop_length: number(head, 'hop_length'),
    padding,
  };
}

/**
 * The same from the weights of one whose hop is a quarter of its transform and whose frames are centred, as the
 * published model for mels has it; the weights do not show that.
 * @throws CheckpointError where they are not of Vocos.
 */
export function inferVocosConfiguration(tensors: Shapes): VocosConfiguration {
  const embed = tensors.get('backbone.embed.weight')?.shape;
  const out = tensors.get('head.out.weight')?.shape;
  const inner = tensors.get('backbone.convnext.0.pwconv1.weight')?.shape;
  if (embed?.length !== 3 || out?.length !== 2 || inner?.length !== 2) {
    throw new CheckpointError('The checkpoint is not of Vocos for mels. Name its configuration file.');
  }
  let layers = 1;
  while (tensors.has(`backbone.convnext.${layers}.pwconv1.weight`)) layers++;
  const transform = out[0] - 2;
  return {
    input_channels: embed[1],
    dim: embed[0],
    intermediate_dim: inner[0],
    num_layers: layers,
    n_fft: transform,
    hop_length: transform / 4,
    padding: 'center',
  };
}
