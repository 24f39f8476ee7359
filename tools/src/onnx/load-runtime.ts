import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The part of ONNX Runtime's interface that is used. */
export interface Runtime {
  env: { wasm: { numThreads: number }; logLevel: string };
  InferenceSession: {
    create(
      model: Uint8Array,
      options?: object,
    ): Promise<{ run(inputs: object): Promise<Record<string, RuntimeTensor>> }>;
  };
  Tensor: new (type: string, data: unknown, shape: readonly number[]) => object;
}

export interface RuntimeTensor {
  dims: readonly number[];
  data: Float32Array | BigInt64Array;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** ONNX Runtime where `pnpm bench:peers` put it, or in the repository's own packages. */
export function loadRuntime(name: 'onnxruntime-node' | 'onnxruntime-web'): Runtime | undefined {
  for (const base of [join(ROOT, 'node_modules/.cache/visual-echoes/peers/'), ROOT]) {
    try {
      return createRequire(join(base, 'package.json'))(name) as Runtime;
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}
