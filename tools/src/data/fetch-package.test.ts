import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledError, FileAccessError, InvalidInputError } from '@visual-echoes/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DrawingPackage } from './drawing-list.js';
import { fetchPackage } from './fetch-package.js';
import { openPackages, withoutPackages } from './open-packages.js';
import { write } from './things.test.helper.js';

const WANTED: DrawingPackage = {
  ...{ name: '@icons/a', version: '1.0.0', from: 'npm', style: 'a', split: 'train' },
  ...{ author: 'b', licence: 'MIT', home: 'c' },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-fetch-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A program of this name is found before the real one. */
function standIn(name: string, script: string): void {
  const path = join(folder, 'bin', name);
  write(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`);
}

const options = () => ({ cache: join(folder, 'cache'), listFolder: folder });

describe.skipIf(process.platform === 'win32')('fetchPackage', () => {
  it('installs a package once, in its version', async () => {
    standIn(
      'npm',
      'echo "$@" >> ../calls; mkdir -p node_modules/@icons/a; echo "{}" > node_modules/@icons/a/icons.json',
    );
    const got = await fetchPackage(WANTED, options());
    expect(existsSync(join(got, 'icons.json'))).toBe(true);
    expect(await fetchPackage(WANTED, options())).toBe(got);
    expect(readdirSync(join(folder, 'cache')).sort()).toEqual(['@icons+a@1.0.0', 'calls']);
  });

  it('says what failed without an address, and leaves nothing', async () => {
    standIn(
      'npm',
      'echo "npm error code ENOTFOUND" >&2; echo "npm error request to http://a.b/c failed" >&2; exit 1',
    );
    const error = await fetchPackage(WANTED, options()).catch((it) => it);
    expect(error).toBeInstanceOf(FileAccessError);
    expect(error.message).toBe(
      'Cannot fetch @icons/a 1.0.0: npm ended with 1 (request to … failed). Check the connection and the registry that npm is set to, and run it again.',
    );
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  });

  it('names the way out where there is no Debian', async () => {
    vi.stubEnv('PATH', folder);
    const debian: DrawingPackage = { ...WANTED, name: 'clips', from: 'debian' };
    await expect(fetchPackage(debian, options())).rejects.toThrow(/no apt-get here.*--without clips\.$/);
  });

  it('ends the program when it is stopped', async () => {
    standIn('npm', 'exec sleep 60');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await expect(fetchPackage(WANTED, { ...options(), signal: stop.signal })).rejects.toThrow(CancelledError);
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  });
});

describe('openPackages', () => {
  it('refuses a set of icons whose licence has changed', async () => {
    const own: DrawingPackage = { ...WANTED, name: 'own', from: 'folder' };
    write(join(folder, 'own/info.json'), '{ "license": { "spdx": "MIT" } }');
    const list = { packages: [own], drawings: [], folder };
    expect([...(await openPackages(list, options()))]).toEqual([['own', join(folder, 'own')]]);
    const other = { ...list, packages: [{ ...own, licence: 'CC0-1.0' }] };
    await expect(openPackages(other, options())).rejects.toThrow(InvalidInputError);
  });

  it('leaves packages out by name', () => {
    const drawings = [{ package: '@icons/a', file: 'a', class: 'dog', variant: 'a' }];
    const list = { packages: [WANTED], drawings, folder };
    expect(withoutPackages(list, ['@icons/a'])).toEqual({ packages: [], drawings: [], folder });
    expect(() => withoutPackages(list, ['b'])).toThrow('There is no package "b"');
  });
});
