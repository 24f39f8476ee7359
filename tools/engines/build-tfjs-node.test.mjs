import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const tool = fileURLToPath(new URL('./build-tfjs-node.mjs', import.meta.url));
let folder;

/** A package that stands in for tfjs-node: `main` is all that it does. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tfjs-node-'));
  mkdirSync(join(folder, 'binding'));
  const manifest = { name: '@tensorflow/tfjs-node', main: 'index.js', binary: { napi_versions: [7, 8] } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'index.js'), 'throw new Error("no native library\\n    at here");');
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...args], { encoding: 'utf8' });
  return { status, stdout, lines: stderr.trim().split('\n') };
}

describe('pnpm engine:tensorflow', () => {
  it('explains itself', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('pnpm engine:tensorflow [options]');
  });

  it('does nothing where the engine works', () => {
    writeFileSync(
      join(folder, 'index.js'),
      `exports.fill = () => 0;
       exports.matMul = () => ({ dataSync: () => [64] });
       exports.version = { 'tfjs-node': '4.22.0' };
       exports.backend = () => ({ binding: { TF_Version: '2.21.0' } });`,
    );
    const before = readdirSync(folder);
    const { status, stdout } = run('--package', folder);
    expect(status).toBe(0);
    expect(stdout).toBe('tfjs-node already works here: 4.22.0 on TensorFlow 2.21.0.\n');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('refuses an option that does not exist with exit code 2', () => {
    const { status, lines } = run('--nothing');
    expect(status).toBe(2);
    expect(lines[0]).toMatch(/^error: Unknown option '--nothing'/);
  });

  it('names a folder that is no package', () => {
    const { status, lines } = run('--package', join(folder, 'binding'));
    expect(status).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^error: .* is not a package\. Give the folder/)]);
  });

  it.skipIf(process.platform !== 'linux')('says in one line that headers are missing', () => {
    const { status, lines } = run('--package', folder, '--headers', folder);
    expect(status).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^error: node_api\.h is not in .* --headers DIR\.$/)]);
  });

  it.skipIf(process.platform !== 'linux')('leaves the package as it was where the wheel is none', () => {
    writeFileSync(join(folder, 'node_api.h'), '');
    writeFileSync(join(folder, 'x.whl'), 'not a zip');
    const before = readdirSync(folder);
    const { status, lines } = run('--package', folder, '--headers', folder, '--wheel', join(folder, 'x.whl'));
    expect(status).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^error: (.*x\.whl cannot be unpacked: |g\+\+ is missing)/);
    expect(readdirSync(folder)).toEqual(before);
  });
});
