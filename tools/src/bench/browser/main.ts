#!/usr/bin/env node
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BROWSER_REMEDY, findBrowser } from '@visual-echoes/cli/dist/doctor/find-browser.js';
import { BackendError, ConfigurationError } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { runTool } from '../../run-tool.js';
import { formatTable, summarize } from '../summary.js';
import type { FirstUse, FirstUseRequest } from './page.js';

const HELP = `Measures in Chromium how long the first use of a network takes, with its shaders compiled ahead and without, and
those after it. A page of its own for each.

  pnpm bench:browser [--backend webgpu,wasm] [--json FILE]

On a machine without a GPU, WebGPU runs on SwiftShader, a program on the CPU.
`;

const ENGINES = ['webgpu', 'wasm'] as const;
type Engine = (typeof ENGINES)[number];

/** Those of `performance.now()` without coarsening, and shared memory for threads, are for isolated pages. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

interface Measured extends Omit<FirstUse, 'later'> {
  engine: Engine;
  /** The median of the uses after the first. */
  later: number;
  /** The first use of a page in which nothing was compiled ahead. */
  unprepared: number;
}

async function measure(engines: readonly Engine[], executablePath: string): Promise<Measured[]> {
  const server = await createServer({
    root: fileURLToPath(new URL('../../../src/bench/browser', import.meta.url)),
    logLevel: 'error',
    server: { headers: ISOLATED, port: 0, fs: { strict: false } },
  });
  const args = ['--enable-unsafe-webgpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const browser = await chromium.launch({ executablePath, args });
  try {
    await server.listen();
    const [address] = server.resolvedUrls!.local;
    const backend = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
    const wasmPaths = `/@fs${dirname(backend)}/dist/`;
    const visit = async (request: FirstUseRequest) => {
      const page = await browser.newPage();
      try {
        await page.goto(address);
        await page.waitForFunction('globalThis.measureFirstUses');
        return (await page.evaluate(`measureFirstUses(${JSON.stringify(request)})`)) as {
          label: string;
          uses: FirstUse[];
        };
      } catch (error) {
        const [line] = (error as Error).message.split('\n');
        throw new BackendError(`${request.engine} cannot be measured in this browser: ${line}`);
      } finally {
        await page.close();
      }
    };
    const rows: Measured[] = [];
    for (const engine of engines) {
      const cold = await visit({ engine, wasmPaths, warm: false });
      const warm = await visit({ engine, wasmPaths, warm: true });
      console.log(warm.label);
      warm.uses.forEach(({ later, ...use }, i) => {
        rows.push({
          ...use,
          engine,
          later: summarize(later).median,
          unprepared: cold.uses[i].first,
        });
      });
    }
    return rows;
  } finally {
    await browser.close();
    await server.close();
  }
}

const OPTIONS = {
  backend: { type: 'string', default: ENGINES.join(',') },
  json: { type: 'string' },
} as const;

await runTool({ command: 'pnpm bench:browser', help: HELP, options: OPTIONS }, async ({ values }) => {
  const engines = values.backend.split(',').map((name) => {
    const found = ENGINES.find((engine) => engine === name.trim());
    if (!found)
      throw new ConfigurationError(`There is no engine "${name}" here; there are ${ENGINES.join(', ')}.`);
    return found;
  });
  const executablePath = findBrowser();
  if (!executablePath) {
    throw new ConfigurationError(`No Chromium here. Install it (${BROWSER_REMEDY}), or name it in CHROMIUM.`);
  }
  const machine = {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
  };
  console.log(`${machine.date}  ${machine.cpu}, ${machine.cores} cores`);
  const rows = await measure(engines, executablePath);
  const ms = (value: number) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
  console.log(
    formatTable([
      ['', 'engine', 'first / later', 'first after warmUp', 'later', 'warmUp', 'first without'],
      ...rows.map(({ name, engine, first, later, warmUp, unprepared }) => [
        name,
        engine,
        (first / later).toFixed(2),
        ...[first, later, warmUp, unprepared].map(ms),
      ]),
    ]),
  );
  if (values.json)
    await writeFileAtomically(values.json, [Buffer.from(JSON.stringify({ machine, rows }, null, 2))]);
});
