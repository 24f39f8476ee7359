#!/usr/bin/env node
// A checkpoint of 1 GB, in every form, loaded into a model: the most memory that was resident above the engine before.
// node tools/dist/bench/loading-memory.js [ENGINE…]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import { Linear, Module, Random, type StoredTensor } from '@visual-echoes/core';
import { withCheckpointFile, writeStoredTensors, writeTorchFile } from '@visual-echoes/core/node';

/** 64 matrices of 16 MB. */
class Network extends Module {
  readonly layers: Linear[];

  constructor(random: Random) {
    super();
    this.layers = Array.from({ length: 64 }, () => new Linear(4096, 1024, { random, bias: false }));
  }
}

async function measure(engine: string, path: string): Promise<{ ratio: number; seconds: number }> {
  await selectBackend({ prefer: engine as BackendName, selfCheck: false });
  const before = process.resourceUsage().maxRSS;
  const start = performance.now();
  await withCheckpointFile(path, (tensors) => new Network(new Random(1)).loadTensors(tensors));
  const above = (process.resourceUsage().maxRSS - before) * 1024;
  return { ratio: above / statSync(path).size, seconds: (performance.now() - start) / 1000 };
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--one') {
  console.log(JSON.stringify(await measure(rest[0], rest[1])));
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'loading-memory-'));
try {
  const random = new Random(1);
  const layer = { shape: [1024, 4096], read: async () => random.uniforms(1024 * 4096, -1, 1) };
  const tensors = new Map<string, StoredTensor>();
  for (let i = 0; i < 64; i++) tensors.set(`layers.${i}.weight`, layer);
  const files = [join(folder, 'weights.safetensors'), join(folder, 'weights.ckpt')];
  await writeStoredTensors(files[0], tensors);
  await writeTorchFile(files[1], tensors, { at: 'state_dict' });
  for (const path of files) {
    for (const engine of first ? [first, ...rest] : ['tensorflow', 'wasm', 'cpu']) {
      const script = fileURLToPath(import.meta.url);
      const output = execFileSync(process.execPath, [script, '--one', engine, path], { encoding: 'utf8' });
      const { ratio, seconds } = JSON.parse(output.trim().split('\n').pop()!);
      console.log(
        `${path.split('.').pop()} of ${(statSync(path).size / 1e9).toFixed(2)} GB, ${engine}: ` +
          `${ratio.toFixed(2)} × the file above the engine, ${seconds.toFixed(1)} s`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
