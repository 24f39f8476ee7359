import { ConfigurationError } from '@visual-echoes/core';
import type { Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { FeatureNetwork, Features } from './feature-network.js';
import type { NetworkFile } from './network-file.js';
import { remember } from './remember.js';
import { mediumOf, type NetworkTensor, toInput } from './to-input.js';

/** The run of some network over one batch: `[N, …]` → the values of the named output, `[N, D]`. */
export type RunNetwork = (batch: NetworkTensor, output: string | undefined) => Promise<Float32Array>;

/** A feature network of a file that describes it and of what runs it. */
export function networkFeatures(
  { name, input, features, classes, batch }: NetworkFile,
  run: RunNetwork,
  dispose: () => void,
): FeatureNetwork {
  const bring = toInput(input);
  const over = (output: string | undefined) =>
    remember(async (media: readonly (Picture | Waveform)[]): Promise<Features> => {
      const parts: Float32Array[] = [];
      for (let start = 0; start < media.length; start += batch) {
        const tensors: NetworkTensor[] = [];
        for (const one of media.slice(start, start + batch)) tensors.push(await bring(one));
        const values = await run(stacked(tensors), output);
        if (values.length % tensors.length !== 0) {
          throw new ConfigurationError(
            `${name} gives ${values.length} numbers for ${tensors.length} media; name an output of one vector for each in its JSON file.`,
          );
        }
        parts.push(values);
      }
      const values = Float32Array.from(parts.flatMap((part) => [...part]));
      return { values, dimension: values.length / Math.max(1, media.length) };
    });
  return {
    name,
    medium: mediumOf(input),
    embed: over(features),
    ...(classes !== undefined && { classify: over(classes) }),
    dispose,
  };
}

function stacked(tensors: readonly NetworkTensor[]): NetworkTensor {
  const [{ shape, data }] = tensors;
  const all = new Float32Array(data.length * tensors.length);
  tensors.forEach((tensor, i) => all.set(tensor.data, i * data.length));
  return { data: all, shape: [tensors.length, ...shape] };
}
