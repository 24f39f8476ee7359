import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '@visual-echoes/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPackage } from '../../../packages/backends/src/node/optional-package.js';
import { copyPackages } from './copy-packages.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('copyPackages', () => {
  const write = (path: string, text = '') => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const install = (path: string, version: string, dependencies: Record<string, string> = {}) => {
    write(`${path}/package.json`, JSON.stringify({ version, dependencies }));
    write(`${path}/dist/training/index.js`);
  };
  const copy = (...names: string[]) =>
    copyPackages(names, join(folder, 'package.json'), join(folder, 'out'), (_, file) => file !== 'large.bin');
  const versionOf = (path: string) => JSON.parse(readFileSync(join(folder, 'out', path), 'utf8')).version;

  it('brings what packages depend on, each version where it is seen, and leaves out what does not run', () => {
    install('node_modules/a', '1.0.0', { shared: '*', util: '*' });
    install('node_modules/a/node_modules/util', '3.0.0'); // named like a part of Node
    install('node_modules/b', '1.0.0', { shared: '*' });
    install('node_modules/b/node_modules/shared', '2.0.0');
    install('node_modules/shared', '1.0.0');
    for (const file of ['dist/index.js.map', 'dist/index.d.ts', 'docs/guide.js', 'large.bin']) {
      write(`node_modules/a/${file}`);
    }
    expect(Object.fromEntries(copy('a', 'b'))).toEqual({
      a: '1.0.0',
      b: '1.0.0',
      shared: '1.0.0',
      util: '3.0.0',
    });
    expect(versionOf('shared/package.json')).toBe('1.0.0');
    expect(versionOf('b/node_modules/shared/package.json')).toBe('2.0.0');
    expect(existsSync(join(folder, 'out/a/dist/training/index.js'))).toBe(true);
    for (const file of [
      'dist/index.js.map',
      'dist/index.d.ts',
      'docs/guide.js',
      'large.bin',
      'node_modules',
    ]) {
      expect(existsSync(join(folder, 'out/a', file)), file).toBe(false);
    }
  });

  it('refuses a package that is not installed', () => {
    install('node_modules/a', '1.0.0', { missing: '*' });
    expect(() => copy('a')).toThrow(ConfigurationError);
  });
});

describe('the bundle', () => {
  const reason =
    process.platform !== 'linux' ? 'it is for Linux' : findPackage('webgpu') ? '' : 'no webgpu here';
  if (reason) console.warn(`The bundle for a GPU is not made: ${reason}.`);

  it.skipIf(Boolean(reason))('runs where there is nothing but itself', () => {
    const main = fileURLToPath(new URL('../../dist/gpu-bundle/main.js', import.meta.url));
    const run = (program: string, ...args: string[]) =>
      spawnSync(program, args, {
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin', HOME: folder },
        cwd: folder,
      });
    const bundle = join(folder, 'bundle');
    expect(run(process.execPath, main, '--folder', bundle)).toMatchObject({ status: 0, stderr: '' });
    const { stdout, stderr, status } = run(
      join(bundle, 'run.sh'),
      '--backend',
      'wasm',
      '--only',
      'matmul',
      '--runs',
      '1',
    );
    expect(stderr).toContain('matmul');
    expect(stdout).toMatch(/matmul.*GFLOP/);
    expect(status).toBe(0);
  });
});
