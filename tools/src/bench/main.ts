#!/usr/bin/env node
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ConfigurationError, VisualEchoesError } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { type Benchmark, benchmarks } from './benchmarks.js';
import { formatTable, type Summary, summarize } from './summary.js';
import type { Answer, Question } from './worker.js';

const HELP = `Measures the engines side by side: each in a process of its own, one run of each in turn.

  pnpm bench [--backend NAMES] [--only TEXT] [--runs N] [--json FILE]

  --backend   engines, with commas between: tensorflow, wasm, cpu; all of them where it is left out
  --only      the measurements whose name has this in it
  --runs      timed runs of each, after one that is not; 7. Slow ones are run for 20 s at most.
  --json      also writes all figures to this file

  pnpm bench --backend tensorflow,wasm --only transformer
`;

const NAMES = ['tensorflow', 'wasm', 'cpu'];
const LONGEST = 20_000;

/** A process that holds one engine. */
class Engine {
  readonly name: string;
  label = '';
  /** Why it cannot run here. */
  reason?: string;
  private readonly child: ChildProcess;

  constructor(name: string) {
    this.name = name;
    this.child = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), [name]);
  }

  async start(): Promise<this> {
    const { label = '', reason } = await this.next();
    this.label = label;
    this.reason = reason;
    return this;
  }

  ask(question: Question): Promise<Answer> {
    this.child.send(question);
    return this.next();
  }

  stop(): void {
    this.child.kill();
  }

  private async next(): Promise<Answer> {
    const stop = new AbortController();
    const { signal } = stop;
    try {
      const [answer] = await Promise.race([
        once(this.child, 'message', { signal }),
        once(this.child, 'exit', { signal }).then(([code]) => {
          throw new Error(`The process of ${this.name} ended (${code}).`);
        }),
      ]);
      return answer as Answer;
    } finally {
      stop.abort();
    }
  }
}

type Cell = Partial<Summary> & { reason?: string };

/** One benchmark on all engines, run by run in turn, so that whatever else the machine does falls on all alike. */
async function measure(
  { name, heavy }: Benchmark,
  engines: readonly Engine[],
  runs: number,
): Promise<Record<string, Cell>> {
  const figures = new Map<Engine, number[]>();
  const cells: Record<string, Cell> = {};
  for (const engine of engines) {
    if (heavy && engine.name === 'cpu') cells[engine.name] = { reason: 'takes minutes' };
    else figures.set(engine, []);
  }
  for (let run = 0; run < runs; run++) {
    for (const [engine, own] of figures) {
      if (own.length * (own[0] ?? 0) > LONGEST || cells[engine.name]) continue;
      const { milliseconds, reason } = await engine.ask({ benchmark: name });
      if (milliseconds === undefined) cells[engine.name] = { reason };
      else own.push(milliseconds);
    }
  }
  for (const [engine, own] of figures) if (own.length > 0) cells[engine.name] = summarize(own);
  return cells;
}

const milliseconds = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0));

function formatCell({ gflop, items }: Benchmark, { median, spread }: Cell): string {
  if (median === undefined) return '–';
  const perSecond = (count: number) => Math.round((1000 * count) / median);
  const rate = gflop ? `${perSecond(gflop)} GFLOP/s, ` : items ? `${perSecond(items)}/s, ` : '';
  return `${rate}${milliseconds(median)} ms ±${Math.round(50 * spread!)} %`;
}

async function main(): Promise<void> {
  let options: ReturnType<typeof readArguments>;
  try {
    options = readArguments();
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message.split('. ')[0]}. See pnpm bench --help.`);
  }
  const { values } = options;
  if (values.help) return console.log(HELP);
  const names = values.backend?.split(',') ?? NAMES;
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(`There is no engine "${unknown}"; it may be ${NAMES.join(', ')}.`);
  }
  const runs = Number(values.runs);
  if (!Number.isSafeInteger(runs) || runs < 1) {
    throw new ConfigurationError(`--runs is ${values.runs}; it must be a whole number of at least 1.`);
  }
  const chosen = benchmarks.filter(({ name }) => name.includes(values.only ?? ''));
  if (chosen.length === 0) {
    throw new ConfigurationError(
      `No measurement has "${values.only}" in its name; there are: ${benchmarks.map(({ name }) => name).join('; ')}.`,
    );
  }

  const machine = {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    load: Number(loadavg()[0].toFixed(1)),
    node: process.version,
  };
  console.log(
    `${machine.date}  ${machine.cpu}, ${machine.cores} cores, load ${machine.load}, Node ${machine.node}`,
  );
  const started: Engine[] = [];
  try {
    for (const name of names) started.push(await new Engine(name).start());
    for (const { name, reason } of started) if (reason) console.log(`${name} is left out: ${reason}`);
    const engines = started.filter(({ reason }) => !reason);
    const results: Record<string, Record<string, Cell>> = {};
    for (const benchmark of chosen) {
      console.error(`${benchmark.name} …`);
      const cells = await measure(benchmark, engines, runs);
      results[benchmark.name] = cells;
      for (const [engine, { reason }] of Object.entries(cells)) {
        if (reason) console.log(`${benchmark.name} is left out on ${engine}: ${reason}`);
      }
    }
    const rows = chosen.map((benchmark) => [
      benchmark.name,
      ...engines.map(({ name }) => formatCell(benchmark, results[benchmark.name][name])),
    ]);
    console.log(`\n${formatTable([['', ...engines.map(({ name }) => name)], ...rows])}`);
    console.log('\nMedians, and half the distance of the quartiles.');
    if (values.json) {
      const labels = Object.fromEntries(engines.map(({ name, label }) => [name, label]));
      await writeFileAtomically(values.json, [
        `${JSON.stringify({ ...machine, engines: labels, results }, null, 2)}\n`,
      ]);
    }
  } finally {
    for (const engine of started) engine.stop();
  }
}

const readArguments = () =>
  parseArgs({
    // pnpm hands over the `--` that separates its own options.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: {
      backend: { type: 'string' },
      only: { type: 'string' },
      runs: { type: 'string', default: '7' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });

try {
  await main();
} catch (error) {
  if (!(error instanceof VisualEchoesError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
