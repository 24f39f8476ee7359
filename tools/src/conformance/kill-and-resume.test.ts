import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '@visual-echoes/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINES, whyMissing } from './engines.js';

const tools = fileURLToPath(new URL('../../', import.meta.url));
const script = join(tools, 'dist/conformance/train-until-killed.js');
const STEPS = 80;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'killed-'));
  // `npm test` has built it already.
  if (existsSync(script)) return;
  const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-b', tools], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The script that is to be killed cannot be built:\n${stdout}`);
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Run {
  /** The bits of the losses, by step. */
  losses: Map<number, string>;
  signal: NodeJS.Signals | null;
}

/** Trains on from `path`; with `kill`, kills it that many milliseconds after the step. */
function runTraining(
  engine: string,
  model: string,
  path: string,
  kill?: { step: number; delay: number },
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, engine, model, path], { cwd: tools });
    let output = '';
    let errors = '';
    child.stderr.on('data', (data) => (errors += data));
    child.stdout.on('data', (data) => {
      output += data;
      if (kill && new RegExp(`^${kill.step} `, 'm').test(output)) {
        setTimeout(() => child.kill('SIGKILL'), kill.delay);
        kill = undefined;
      }
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0 && signal !== 'SIGKILL') return reject(new Error(errors));
      const lines = output.split('\n').filter((line) => / [0-9a-f]+$/.test(line));
      const losses = new Map(
        lines.map((line) => line.split(' ') as [string, string]).map(([s, l]) => [+s, l]),
      );
      resolve({ losses, signal });
    });
  });
}

for (const engine of ENGINES.filter((name) => name !== 'cpu')) {
  const reason = await whyMissing(engine);
  describe.skipIf(reason)(`a training on ${engine} that is killed three times`, () => {
    it.each(['tokenizer', 'transformer', 'adversaries'])(
      'has bit for bit the losses of one that never stopped: %s',
      async (model) => {
        const whole = await runTraining(engine, model, join(folder, `${engine}-${model}-whole`));
        expect([...whole.losses.keys()]).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
        expect(new Set(whole.losses.values()).size).toBeGreaterThan(STEPS / 2);

        const random = new Random(8).fork(engine, model);
        const path = join(folder, `${engine}-${model}-killed`);
        let reached = 0;
        for (let kills = 0; kills < 3; kills++) {
          const step = reached + 1 + random.integer(10);
          const run = await runTraining(engine, model, path, { step, delay: random.uniform(0, 20) });
          expect(run.signal).toBe('SIGKILL');
          // It goes on from the last checkpoint, a multiple of 4, or anew.
          const [first] = run.losses.keys();
          expect(first % 4).toBe(1);
          expect(first).toBeGreaterThan(reached - 4);
          for (const [at, loss] of run.losses) expect([at, loss]).toEqual([at, whole.losses.get(at)]);
          reached = Math.max(...run.losses.keys());
        }
        const last = await runTraining(engine, model, path);
        expect(last.signal).toBeNull();
        expect(Math.max(...last.losses.keys())).toBe(STEPS);
        for (const [at, loss] of last.losses) expect([at, loss]).toEqual([at, whole.losses.get(at)]);
      },
      600_000,
    );
  });
}
