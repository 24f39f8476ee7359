import { CheckpointError, ConfigurationError } from '@visual-echoes/core';
import type { HiFiGanConfiguration } from './hifigan-generator.js';

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * The generator's arguments from the authors' `config.json`, which holds the training settings too.
 * @throws ConfigurationError that names the first entry which cannot be.
 */
export function hiFiGanConfigurationOf(published: Readonly<Record<string, unknown>>): HiFiGanConfiguration {
  const fail = (name: string, wanted: string): never => {
    throw new ConfigurationError(
      `HiFi-GAN configuration: ${name} is ${JSON.stringify(published[name])}; it must be ${wanted}.`,
    );
  };
  const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
  const number = (name: string): number => {
    const value = published[name];
    return isCount(value) ? value : fail(name, 'a positive whole number');
  };
  const numbers = (name: string): number[] => {
    const value = published[name];
    return Array.isArray(value) && value.length > 0 && value.every(isCount)
      ? value
      : fail(name, 'a list of positive whole numbers');
  };
  const dilations = published['resblock_dilation_sizes'];
  const resblock = String(published['resblock']);
  if (resblock !== '1' && resblock !== '2') fail('resblock', '"1" or "2"');
  if (!Array.isArray(dilations) || !dilations.every((list) => Array.isArray(list) && list.every(isCount))) {
    fail('resblock_dilation_sizes', 'lists of positive whole numbers');
  }
  return {
    resblock: resblock as '1' | '2',
    upsample_rates: numbers('upsample_rates'),
    upsample_kernel_sizes: numbers('upsample_kernel_sizes'),
    upsample_initial_channel: number('upsample_initial_channel'),
    resblock_kernel_sizes: numbers('resblock_kernel_sizes'),
    resblock_dilation_sizes: dilations as number[][],
    num_mels: published['num_mels'] === undefined ? 80 : number('num_mels'),
  };
}

/** Dilations of the published models, which their weights do not show: v1 and v2, and v3. */
const DILATIONS = {
  '1': [1, 3, 5],
  '2': [
    [1, 2],
    [2, 6],
    [3, 12],
  ],
} as const;

/**
 * The same from the weights of v1, v2 or v3, or of one with their dilations and with kernels twice as wide as the rates.
 * @throws CheckpointError where they are not of HiFi-GAN's generator.
 */
export function inferHiFiGanConfiguration(tensors: Shapes): HiFiGanConfiguration {
  const shape = (name: string) => (tensors.get(`${name}_v`) ?? tensors.get(name))?.shape;
  const all = (name: (i: number) => string): (readonly number[])[] => {
    const shapes: (readonly number[])[] = [];
    for (let i = 0; shape(name(i)); i++) shapes.push(shape(name(i))!);
    return shapes;
  };
  const first = shape('conv_pre.weight');
  const ups = all((i) => `ups.${i}.weight`);
  const resblock = shape('resblocks.0.convs1.0.weight') ? '1' : '2';
  const convolutions = resblock === '1' ? 'convs1' : 'convs';
  const blocks = all((i) => `resblocks.${i}.${convolutions}.0.weight`);
  const kernels = blocks.slice(0, blocks.length / ups.length).map(([, , size]) => size);
  const perBlock = all((i) => `resblocks.0.${convolutions}.${i}.weight`).length;
  const known = resblock === '1' ? perBlock === 3 : perBlock === 2 && kernels.length === 3;
  if (!first || ups.length === 0 || kernels.length === 0 || !known) {
    throw new CheckpointError(
      "The checkpoint is not of HiFi-GAN's generator v1, v2 or v3. Name its configuration file.",
    );
  }
  return {
    resblock,
    upsample_rates: ups.map(([, , size]) => size / 2),
    upsample_kernel_sizes: ups.map(([, , size]) => size),
    upsample_initial_channel: first[0],
    resblock_kernel_sizes: kernels,
    resblock_dilation_sizes: kernels.map((_, i) => (resblock === '1' ? DILATIONS['1'] : DILATIONS['2'][i])),
    num_mels: first[1],
  };
}
