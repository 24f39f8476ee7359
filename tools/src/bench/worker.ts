// One engine, asked by its parent: node worker.js ENGINE [THREADS]
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import '@visual-echoes/core/training';
import { benchmarks } from './benchmarks.js';
import { profileKernels } from './profile-kernels.js';
import { answerQuestions, explain } from './worker-loop.js';

const [, , engine, threads] = process.argv;
const started = selectBackend({
  prefer: engine as BackendName,
  threads: threads ? Number(threads) : undefined,
});
answerQuestions(
  await started.then(({ label }) => ({ label }), explain),
  async (benchmark) => benchmarks.find(({ name }) => name === benchmark)!.prepare(),
  profileKernels,
);
