// One engine, asked by its parent: node worker.js ENGINE [THREADS] [plain]
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import '@visual-echoes/core/training';
import { OUR_KERNELS } from '../conformance/engines.js';
import { benchmarks } from './benchmarks.js';
import { profileKernels } from './profile-kernels.js';
import { answerQuestions, explain } from './worker-loop.js';

const [, , engine, threads, plain] = process.argv;
const started = selectBackend({
  prefer: engine as BackendName,
  threads: threads ? Number(threads) : undefined,
});
answerQuestions(
  await started.then(({ name, label }) => {
    if (!plain) return { label };
    OUR_KERNELS[name]!.remove();
    return { label: label.replace('our kernels', 'its own kernels') };
  }, explain),
  async (benchmark) => benchmarks.find(({ name }) => name === benchmark)!.prepare(),
  profileKernels,
);
