import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { claim } from './claim.js';
import type { Measurement } from './measurement.js';
import { PointStore } from './point-store.js';
import { type PointJob, runPoints } from './run-points.js';

const home = mkdtempSync(join(tmpdir(), 'points-'));
afterAll(() => rmSync(home, { recursive: true }));

let out: string;
let runs = 0;
beforeEach(() => {
  out = join(home, `run-${runs++}`);
});

const measurement: Measurement = {
  correct: 3,
  total: 4,
  features: Float32Array.of(0.1, -2, 3, 1e-8),
  dimension: 2,
  seconds: 0.5,
  engine: 'cpu',
};

function jobs(names: readonly string[], done: string[], wait = 0): PointJob[] {
  return names.map((name) => ({
    name,
    about: {},
    measure: async (report) => {
      report(0.5);
      await new Promise((resolve) => setTimeout(resolve, wait));
      done.push(name);
      return measurement;
    },
  }));
}

describe('runPoints', () => {
  it('keeps measurements exactly and does none twice', async () => {
    const store = new PointStore(out);
    const done: string[] = [];
    const shares: number[] = [];
    await runPoints(jobs(['a', 'b'], done), store, { onProgress: (share) => shares.push(share) });
    await runPoints(jobs(['a', 'b', 'c'], done), store);
    expect(done).toEqual(['a', 'b', 'c']);
    expect(await store.read('a')).toEqual(measurement);
    expect(await store.read('d')).toBeNull();
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(readdirSync(join(out, 'points'))).toEqual(['a.json', 'b.json', 'c.json']);
  });

  it('measures a damaged file again', async () => {
    const store = new PointStore(out);
    const done: string[] = [];
    await runPoints(jobs(['a'], done), store);
    writeFileSync(join(out, 'points/a.json'), '{"correct": 3');
    await runPoints(jobs(['a'], done), store);
    expect(done).toEqual(['a', 'a']);
  });

  it('shares the work of two, each point once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const [first, second] = [[] as string[], [] as string[]];
    await Promise.all([
      runPoints(jobs(names, first, 20), new PointStore(out), { wait: 5 }),
      runPoints(jobs(names, second, 20), new PointStore(out), { wait: 5 }),
    ]);
    expect([...first, ...second].sort()).toEqual(names);
    expect(first.length).toBeGreaterThan(0);
    expect(second.length).toBeGreaterThan(0);
  });

  it('stops between two points and gives its claim back, also after a failure', async () => {
    const stop = new AbortController();
    const done: string[] = [];
    const work = jobs(['a', 'b'], done);
    const stopping = {
      ...work[0],
      measure: async () => {
        stop.abort();
        return measurement;
      },
    };
    const run = runPoints([stopping, work[1]], new PointStore(out), { signal: stop.signal });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(done).toEqual([]);
    const failing = { ...work[1], measure: async () => Promise.reject(new Error('no room')) };
    await expect(runPoints([failing], new PointStore(out))).rejects.toThrow('no room');
    expect(readdirSync(join(out, 'points'))).toEqual(['a.json']);
  });
});

describe('claim', () => {
  it('is one process’s, until it is given back or its process has ended', async () => {
    const path = join(out, 'result');
    const giveBack = await claim(path);
    expect(giveBack).not.toBeNull();
    expect(await claim(path)).toBeNull();
    await giveBack!();
    const { hostname } = await import('node:os');
    writeFileSync(`${path}.claim`, JSON.stringify({ pid: 2 ** 30, host: hostname() }));
    const taken = await claim(path);
    expect(taken).not.toBeNull();
    await taken!();
    writeFileSync(`${path}.claim`, JSON.stringify({ pid: 2 ** 30, host: 'another machine' }));
    expect(await claim(path)).toBeNull();
  });
});
