import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAccessError } from '@visual-echoes/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimFile, withClaim } from './claim-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claim-'));
  path = join(folder, 'a.parquet');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A lock as another process would leave it. */
function lock(content: object | string, secondsAgo = 0): void {
  writeFileSync(`${path}.lock`, typeof content === 'string' ? content : JSON.stringify(content));
  const then = Date.now() / 1000 - secondsAgo;
  utimesSync(`${path}.lock`, then, then);
}

it('gives a file to one, until it is released', async () => {
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimFile(path)));
  const won = claims.filter((claim) => claim !== undefined);
  expect(won).toHaveLength(1);
  await won[0].release();
  expect(readdirSync(folder)).toEqual([]);
  const next = await claimFile(path);
  expect(next?.beside).not.toBe(won[0].beside);
});

it('takes over the lock of a dead process, with what it was writing', async () => {
  const mine = await claimFile(path);
  const { host } = JSON.parse(readFileSync(`${path}.lock`, 'utf8'));
  await mine?.release();
  lock({ host, pid: 2 ** 22 + 1, token: 'abc' });
  writeFileSync(`${path}.abc.part`, 'half');
  const claim = await claimFile(path);
  expect(claim).toBeDefined();
  expect(existsSync(`${path}.abc.part`)).toBe(false);
  await claim?.release();
  lock({ host, pid: process.pid, token: 'abc' }, 999); // alive, however silent
  expect(await claimFile(path)).toBeUndefined();
});

it('takes over the lock of another machine after two minutes of silence, and one that was cut off', async () => {
  for (const content of [{ host: 'elsewhere', pid: 1, token: 'abc' }, '', '{"host": "elsewh']) {
    lock(content, 60);
    expect(await claimFile(path)).toBeUndefined();
    lock(content, 180);
    const claim = await claimFile(path);
    expect(claim).toBeDefined();
    await claim?.release();
    expect(readdirSync(folder)).toEqual([]);
  }
});

it('waits for its turn, and releases also where the work fails', async () => {
  let inside = 0;
  const work = async () => {
    expect(++inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside--;
  };
  await Promise.all([withClaim(path, work), withClaim(path, work)]);
  await expect(withClaim(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
  await expect(claimFile(join(folder, 'absent/a'))).rejects.toThrow(FileAccessError);
});
