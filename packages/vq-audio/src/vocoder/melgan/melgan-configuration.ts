import { CheckpointError, ConfigurationError } from '@visual-echoes/core';
import type { MelGanConfiguration } from './melgan-generator.js';

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * The generator's arguments from the authors' `args.yml`, which calls the mel bands `n_mel_channels`.
 * @throws ConfigurationError that names what is missing.
 */
export function melGanConfigurationOf(published: Readonly<Record<string, unknown>>): MelGanConfiguration {
  const number = (value: unknown, name: string): number => {
    if (Number.isInteger(value) && (value as number) > 0) return value as number;
    throw new ConfigurationError(
      `MelGAN configuration: ${name} is ${JSON.stringify(value)}; it must be positive.`,
    );
  };
  const { ratios } = published;
  return {
    input_size: number(published['input_size'] ?? published['n_mel_channels'], 'n_mel_channels'),
    ngf: number(published['ngf'], 'ngf'),
    n_residual_layers: number(published['n_residual_layers'], 'n_residual_layers'),
    ...(Array.isArray(ratios) && { ratios: ratios.map((ratio) => number(ratio, 'ratios')) }),
  };
}

/**
 * The same from the weights themselves.
 * @throws CheckpointError where they are not of MelGAN's generator.
 */
export function inferMelGanConfiguration(tensors: Shapes): MelGanConfiguration {
  const fail = (): never => {
    throw new CheckpointError("The checkpoint is not of MelGAN's generator. Name its configuration file.");
  };
  /** The layers of `nn.Sequential` by their places: plain convolutions, and residual blocks. */
  const places = new Map<number, readonly number[] | 'block'>();
  for (const [name, { shape }] of tensors) {
    const [, place, rest] = /^model\.(\d+)\.(.*?)(_v)?$/.exec(name) ?? [];
    if (rest === 'weight') places.set(Number(place), shape);
    else if (rest?.startsWith('block.')) places.set(Number(place), 'block');
  }
  const layers = [...places].sort(([a], [b]) => a - b).map(([, layer]) => layer);
  const [first, last] = [layers[0], layers[layers.length - 1]];
  if (!Array.isArray(first) || !Array.isArray(last)) return fail();
  const transposed = layers.slice(1, -1).filter((layer) => layer !== 'block');
  const blocks = layers.filter((layer) => layer === 'block').length;
  if (transposed.length === 0 || blocks % transposed.length !== 0) return fail();
  return {
    input_size: first[1],
    ngf: last[1],
    n_residual_layers: blocks / transposed.length,
    ratios: transposed.map((shape) => shape[2] / 2),
  };
}
