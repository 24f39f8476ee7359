// ONNX Runtime, asked by its parent: node onnx-worker.js PACKAGE THREADS. It runs our models with our weights.
import { selectBackend } from '@visual-echoes/backends/node';
import { loadRuntime } from '../onnx/index.js';
import { benchmarks } from './benchmarks.js';
import { answerQuestions } from './worker-loop.js';

const [, , name, threads] = process.argv;
const runtime = loadRuntime(name as 'onnxruntime-node' | 'onnxruntime-web');
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
