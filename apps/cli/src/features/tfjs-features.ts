import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { z } from 'zod';
import { readJsonFile } from '../data/read-json-file.js';
import type { FeatureNetwork } from './feature-network.js';
import { networkFeatures } from './network-features.js';
import { networkFile } from './network-file.js';

const modelFile = z.looseObject({
  format: z.string().optional(),
  modelTopology: z.looseObject({}),
  weightsManifest: z.array(z.looseObject({ paths: z.array(z.string()) })),
});

type Run = (input: tf.Tensor, output: string | undefined) => tf.Tensor;

/**
 * A folder with a TensorFlow.js model (`model.json` and its weights, of the graph or the layers form) as a feature network;
 * `features.json` in it says what it takes (`network-file.ts`).
 * @throws FileAccessError, ConfigurationError.
 */
export async function tfjsFeatures(folder: string): Promise<FeatureNetwork> {
  const file = await readJsonFile(join(folder, 'features.json'), networkFile);
  const { run, outputs, dispose } = await loadNetwork(folder, file.inputName);
  for (const output of [file.features, file.classes]) {
    if (output === undefined || outputs.includes(output)) continue;
    dispose();
    throw new ConfigurationError(`${folder} has no output "${output}"; it has ${outputs.join(', ')}.`);
  }
  return networkFeatures(
    file,
    async ({ data, shape }, output) => {
      const result = tf.tidy(() => run(tf.tensor(data, shape), output));
      const values = (await result.data()) as Float32Array;
      result.dispose();
      return values;
    },
    dispose,
  );
}

async function loadNetwork(
  folder: string,
  inputName: string | undefined,
): Promise<{ run: Run; outputs: string[]; dispose: () => void }> {
  // Loaded only here: it brings a backend that nothing else needs.
  const { loadGraphModel, loadLayersModel } = await import('@tensorflow/tfjs');
  const artifacts = await readArtifacts(folder);
  const files = tf.io.fromMemory(artifacts);
  try {
    if (artifacts.format === 'graph-model') {
      const model = await loadGraphModel(files);
      const outputs = model.outputs.map(({ name }) => name.replace(/:0$/, ''));
      const run: Run = (input, output = outputs[0]) =>
        model.execute(inputName === undefined ? input : { [inputName]: input }, output) as tf.Tensor;
      return { run, outputs, dispose: () => model.dispose() };
    }
    const model = await loadLayersModel(files);
    // A sequential model names none: its last layer is its output.
    const outputs = model.outputNames?.length
      ? [...model.outputNames]
      : [model.layers[model.layers.length - 1].name];
    const run: Run = (input, output = outputs[0]) =>
      [model.predict(input)].flat()[outputs.indexOf(output)] as tf.Tensor;
    return { run, outputs, dispose: () => void model.dispose() };
  } catch (cause) {
    throw new ConfigurationError(
      `TensorFlow.js cannot read the model in ${folder}: ${(cause as Error).message}. Convert it again.`,
      { cause },
    );
  }
}

/** `model.json` and the files of weights that it names. */
async function readArtifacts(folder: string): Promise<tf.io.ModelArtifacts> {
  const json = await readJsonFile(join(folder, 'model.json'), modelFile);
  return tf.io.getModelArtifactsForJSON(json as unknown as tf.io.ModelJSON, async (manifest) => {
    const buffers: Uint8Array[] = [];
    for (const path of manifest.flatMap(({ paths }) => paths)) {
      const bytes = await readFile(join(folder, basename(path))).catch((cause) => {
        throw fileAccessError('read', join(folder, path), cause);
      });
      buffers.push(bytes);
    }
    const all = Uint8Array.from(Buffer.concat(buffers));
    return [manifest.flatMap(({ weights }) => weights), all.buffer];
  });
}
