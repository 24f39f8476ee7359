#!/usr/bin/env node
// The digits model's generations, many times over: what is held by then. pnpm leaks [--backend wasm] [--generations 10000]
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '@visual-echoes/backends/node';
import { ConfigurationError } from '@visual-echoes/core';
import { loadModel } from 'visual-echoes/node';
import { runTool } from '../run-tool.js';

const HELP = `Generates again and again with the digits model, and prints what the process holds: tensors, bytes of the engine
(wasm's heap, or what WebGPU has allocated), and resident memory. The exit code is 1 where tensors or the engine's bytes
grow in the second half: pools of buffers are filled before.

  pnpm leaks [--backend NAME] [--generations N] [--at-once N] [--steps N]

  --backend      tensorflow, webgpu, wasm or cpu; the fastest where it is left out
  --generations  10000
  --at-once      how many go through the networks together; 1
  --steps        of each; those of the model where left out. Fewer take less time and hold the same.
`;

/** What is held at one moment. */
interface Held {
  tensors: number;
  engine: number;
  resident: number;
}

function held(): Held {
  globalThis.gc?.(); // what WebGPU holds for objects that nobody has goes with them
  const backend = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  const { numTensors, numBytesAllocatedInGPU } = tf.memory() as tf.MemoryInfo & {
    numBytesAllocatedInGPU?: number;
  };
  const engine = backend.wasm?.HEAPU8.length ?? numBytesAllocatedInGPU ?? 0;
  return { tensors: numTensors, engine, resident: process.memoryUsage().rss };
}

const OPTIONS = {
  backend: { type: 'string' },
  generations: { type: 'string', default: '10000' },
  'at-once': { type: 'string', default: '1' },
  steps: { type: 'string' },
} as const;

await runTool({ command: 'pnpm leaks', help: HELP, options: OPTIONS }, async ({ values }) => {
  const generations = Number(values.generations);
  if (!Number.isSafeInteger(generations) || generations < 10) {
    throw new ConfigurationError(
      `--generations is ${values.generations}; it must be a whole number of at least 10.`,
    );
  }
  const count = Number(values['at-once']); // which the model checks, as the sampler does the steps
  const steps = values.steps === undefined ? undefined : Number(values.steps);
  const model = await loadModel('@visual-echoes/model-digits', {
    backend: values.backend as BackendName | undefined,
    onMessage: console.log,
  });
  let settled: Held | undefined;
  let last = held();
  const tenth = Math.ceil(generations / 10);
  for (let i = count; i < generations + count; i += count) {
    await model.coGenerate({ seed: i, steps, count });
    if (i % tenth >= count) continue;
    last = held();
    if (2 * i >= generations) settled ??= last;
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
    console.log(
      `${i} generations: ${last.tensors} tensors, ${megabytes(last.engine)} in the engine, ${megabytes(last.resident)} resident`,
    );
  }
  const grown = last.tensors > settled!.tensors || last.engine > settled!.engine;
  console.log(grown ? 'It grows.' : 'Nothing grows.');
  return grown ? 1 : 0;
});
