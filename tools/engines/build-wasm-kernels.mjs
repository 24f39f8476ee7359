#!/usr/bin/env node
// Compiles packages/backends/native/wasm.cc to the WebAssembly modules that @visual-echoes/backends holds as base64.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const help = `Compiles the kernels of packages/backends/native to WebAssembly, once with fused multiply-add (relaxed SIMD) and once
without, into packages/backends/src/wasm-kernels/simd/native-modules.generated.ts.

Usage: pnpm kernels:wasm [--check]

It needs clang 16 with lld (Debian: apt-get install clang-16 lld-16), so that the same sources give the same bytes.
  --check   writes nothing; exit code 1 where the committed file is not what the sources give`;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const source = join(root, 'packages/backends/native/wasm.cc');
/** The file that it writes. */
export const target = join(root, 'packages/backends/src/wasm-kernels/simd/native-modules.generated.ts');

const flags = [
  ...[
    '--target=wasm32',
    '-O2',
    '-std=c++17',
    '-nostdlib',
    '-ffreestanding',
    '-fno-builtin',
    '-fno-exceptions',
  ],
  ...['-msimd128', '-mbulk-memory', '-fno-math-errno', '-ffp-contract=off', '-fvisibility=hidden'],
  ...['--no-entry', '--export-dynamic', '--import-memory', '--export=__stack_pointer', '--strip-all'].map(
    (option) => `-Wl,${option}`,
  ),
];

/** Clang 16, whose output is committed, under either of its names; undefined where it is not here. */
export const findClang = () =>
  [process.env.CLANG, 'clang-16', 'clang'].find(
    (name) => name && / version 16\./.test(spawnSync(name, ['--version'], { encoding: 'utf8' }).stdout ?? ''),
  );

/** The generated file's text. */
export function compileModules(clang) {
  const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  try {
    const modules = ['-mrelaxed-simd', '-mno-relaxed-simd'].map((form) => {
      const out = join(folder, `kernels${form}.wasm`);
      const { status, stderr } = spawnSync(clang, [...flags, form, '-o', out, source], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${clang} failed: ${stderr}`);
      return readFileSync(out).toString('base64');
    });
    return `// Made by pnpm kernels:wasm from packages/backends/native; do not edit.

/** With fused multiply-add, and without. */
export const nativeModules: readonly string[] = [
${modules.map((module) => `  '${module}',`).join('\n')}
];
`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  const clang = findClang();
  if (values.help) console.log(help);
  else if (!clang) {
    console.error('error: clang 16 is missing. Install it: apt-get install clang-16 lld-16');
    process.exitCode = 1;
  } else {
    const text = compileModules(clang);
    if (!values.check) writeFileSync(target, text);
    else if (readFileSync(target, 'utf8') !== text) {
      console.error('error: the committed kernels are not what the sources give. Run: pnpm kernels:wasm');
      process.exitCode = 1;
    }
  }
}
