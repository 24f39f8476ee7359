#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '@visual-echoes/core';
import { runTool } from '../run-tool.js';
import { copyPackages } from './copy-packages.js';

const HELP = `Makes one file with all that pnpm bench needs on another machine with a GPU, which may have no internet and no
Node: this Node, Dawn, and the built packages. Build first.

  pnpm bundle:gpu [--out visual-echoes-gpu.tar.xz]

  --out      the archive; at most 64 MiB
  --folder   write the bundle's folder there instead, unpacked

There, on Linux with this processor:
  tar xf visual-echoes-gpu.tar.xz && visual-echoes-gpu/run.sh              the bench on the GPU, with PyTorch on the same
                                                                           one where PYTHON has it, into bench.json
  visual-echoes-gpu/run.sh --backend webgpu --only transformer             or any options of pnpm bench
It needs the Vulkan loader (Debian: libvulkan1) and a driver; VK_DRIVER_FILES names the driver's JSON file where it is not
in a usual place.
`;

const MOST_BYTES = 64 * 1024 * 1024;
const NAME = 'visual-echoes-gpu';

const RUN = `#!/bin/sh
# Measures the engines of this machine, its GPU first. Options are those of pnpm bench.
here=$(dirname "$(readlink -f "$0")")
if [ $# -eq 0 ]; then
  set -- --peers --paper --backend webgpu,plain,wasm,pytorch --json "$PWD/bench.json"
fi
exec "$here/node" "$here/tools/dist/bench/main.js" "$@"
`;

/** What the bench imports, and the engines that it looks for. */
const PACKAGES = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@visual-echoes/backends',
  '@visual-echoes/core',
  '@visual-echoes/masked-transformer',
  '@visual-echoes/model-digits',
  '@visual-echoes/sampler',
  '@visual-echoes/vq-audio',
  'visual-echoes',
  'webgpu',
];

const PLATFORM = `${process.platform}-${process.arch}`;
/** What only building and training need, of packages whose `dist` runs. */
const NOT_RUN = /^(src|fixtures|training|native|\.turbo)(\/|$)/;

/** Whether a file of a package is for what the bundle does, on this platform. */
function runs(name: string, file: string): boolean {
  if (name === 'webgpu') return !file.startsWith('dist/') || file.startsWith(`dist/${PLATFORM}`);
  return !/^(@tensorflow\/|@?visual-echoes)/.test(name) || !NOT_RUN.test(file);
}

const tools = fileURLToPath(new URL('../..', import.meta.url));

/** Writes the bundle as a folder. */
function writeBundle(folder: string): void {
  mkdirSync(folder, { recursive: true });
  copyPackages(PACKAGES, join(tools, 'package.json'), join(folder, 'node_modules'), runs);
  const part = (path: string) => cpSync(join(tools, path), join(folder, 'tools', path), { recursive: true });
  for (const path of [
    'package.json',
    'dist/run-tool.js',
    'dist/bench',
    'dist/conformance/engines.js',
    'dist/onnx',
    'src/bench/peers.py',
  ]) {
    part(path);
  }
  const node = join(folder, 'node');
  cpSync(process.execPath, node, { dereference: true });
  spawnSync('strip', [node]); // an eighth smaller, where there is a strip
  writeFileSync(join(folder, 'run.sh'), RUN);
  chmodSync(join(folder, 'run.sh'), 0o755);
}

const OPTIONS = {
  out: { type: 'string', default: `${NAME}.tar.xz` },
  folder: { type: 'string' },
} as const;

await runTool({ command: 'pnpm bundle:gpu', help: HELP, options: OPTIONS }, ({ values }) => {
  if (process.platform !== 'linux') throw new ConfigurationError('The bundle is for Linux; make it there.');
  if (values.folder) {
    writeBundle(resolve(values.folder));
    console.log(values.folder);
    return;
  }
  const out = resolve(values.out);
  const stage = mkdtempSync(join(tmpdir(), `${NAME}-`));
  try {
    writeBundle(join(stage, NAME));
    const archive = join(stage, 'bundle.tar.xz');
    const { status, stderr, error } = spawnSync('tar', ['-C', stage, '-cJf', archive, NAME], {
      encoding: 'utf8',
    });
    if (status !== 0) {
      throw new ConfigurationError(
        `The archive cannot be written: ${error ? 'tar is missing' : stderr.trim().split('\n').pop()}. It needs tar and xz (Debian: apt-get install tar xz-utils).`,
      );
    }
    const { size } = statSync(archive);
    const megabytes = `${(size / 2 ** 20).toFixed(1)} MiB`;
    if (size > MOST_BYTES) throw new ConfigurationError(`The bundle is ${megabytes}; it may be 64 MiB.`);
    cpSync(archive, out);
    console.log(`${values.out}: ${megabytes}`);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
});
