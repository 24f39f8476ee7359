import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { readJsonFile } from '../data/read-json-file.js';
import type { FeatureNetwork } from './feature-network.js';
import { networkFeatures } from './network-features.js';
import { networkFile } from './network-file.js';

/** The part of onnxruntime-node that is used. */
export interface OnnxRuntime {
  InferenceSession: { create(path: string): Promise<OnnxSession> };
  Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => unknown;
}

interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Record<string, unknown>): Promise<Record<string, { data: unknown }>>;
}

/**
 * An ONNX file as a feature network; the JSON file of the same name beside it says what it takes (`network-file.ts`).
 * @throws ConfigurationError where ONNX Runtime is not installed, or the file cannot be run; FileAccessError.
 */
export async function onnxFeatures(
  path: string,
  { loadRuntime = findRuntime }: { loadRuntime?: () => OnnxRuntime | undefined } = {},
): Promise<FeatureNetwork> {
  const file = await readJsonFile(path.replace(/(\.onnx)?$/, '.json'), networkFile);
  const runtime = loadRuntime();
  if (!runtime) {
    throw new ConfigurationError(
      `${path} needs ONNX Runtime; install it with: npm install onnxruntime-node (with --global where visual-echoes is global).`,
    );
  }
  const session = await runtime.InferenceSession.create(path).catch((cause: Error) => {
    throw new ConfigurationError(`ONNX Runtime cannot read ${path}: ${cause.message}. Export it again.`, {
      cause,
    });
  });
  const input = file.inputName ?? session.inputNames[0];
  for (const output of [file.features, file.classes]) {
    if (output === undefined || session.outputNames.includes(output)) continue;
    throw new ConfigurationError(
      `${path} has no output "${output}"; it has ${session.outputNames.join(', ')}.`,
    );
  }
  return networkFeatures(
    file,
    async ({ data, shape }, output = session.outputNames[0]) => {
      const outputs = await session.run({ [input]: new runtime.Tensor('float32', data, shape) });
      return Float32Array.from(outputs[output].data as Float32Array);
    },
    () => {},
  );
}

/** Sought from the current folder, from the program's entry and from here. */
function findRuntime(): OnnxRuntime | undefined {
  const entry = process.argv[1];
  const bases = [
    join(process.cwd(), 'package.json'),
    ...(entry && existsSync(entry) ? [realpathSync(entry)] : []),
    import.meta.url,
  ];
  for (const base of bases) {
    try {
      return createRequire(base)('onnxruntime-node') as OnnxRuntime;
    } catch {
      // Not visible from this base.
    }
  }
  return undefined;
}
