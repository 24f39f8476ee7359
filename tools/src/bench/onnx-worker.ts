// ONNX Runtime, asked by its parent: node onnx-worker.js PACKAGE THREADS. It runs our models with our weights.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selectBackend } from '@visual-echoes/backends/node';
import { benchmarks } from './benchmarks.js';
import { answerQuestions } from './worker-loop.js';

/** The part of ONNX Runtime's interface that is used. */
interface Runtime {
  env: { wasm: { numThreads: number }; logLevel: string };
  InferenceSession: {
    create(model: Uint8Array, options: object): Promise<{ run(inputs: object): Promise<unknown> }>;
  };
  Tensor: new (type: string, data: unknown, shape: readonly number[]) => object;
}

const [, , name, threads] = process.argv;
const root = fileURLToPath(new URL('../../../', import.meta.url));

function load(): Runtime | undefined {
  for (const base of [join(root, 'node_modules/.cache/visual-echoes/peers/'), root]) {
    try {
      return createRequire(join(base, 'package.json'))(name) as Runtime;
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

const runtime = load();
if (runtime) {
  runtime.env.wasm.numThreads = Number(threads);
  runtime.env.logLevel = 'error';
  await selectBackend({ prefer: 'cpu', selfCheck: false }); // which draws the weights
}
answerQuestions(
  runtime
    ? { label: `${name}, ${threads} threads` }
    : { reason: `${name} is not installed; run pnpm bench:peers` },
  async (benchmark) => {
    const onnx = benchmarks.find((one) => one.name === benchmark)?.onnx;
    if (!onnx) return { reason: '' };
    const { parts, inputs } = await onnx();
    const session = await runtime!.InferenceSession.create(new Uint8Array(Buffer.concat(parts)), {
      executionProviders: [name === 'onnxruntime-web' ? 'wasm' : 'cpu'],
      intraOpNumThreads: Number(threads),
      interOpNumThreads: 1,
    });
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([key, { data, shape }]) => [
        key,
        new runtime!.Tensor(data instanceof BigInt64Array ? 'int64' : 'float32', data, shape),
      ]),
    );
    return () => session.run(feeds);
  },
);
