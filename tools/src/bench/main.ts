#!/usr/bin/env node
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { ConfigurationError } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { runTool } from '../run-tool.js';
import type { Benchmark } from './benchmark.js';
import { benchmarks } from './benchmarks.js';
import { CONTENDERS, Contender, type ContenderSettings, RATIOS } from './contender.js';
import type { KernelTimes } from './profile-kernels.js';
import {
  type Cell,
  formatCell,
  formatKernels,
  formatNumbers,
  type Results,
  ratiosOf,
  unitsOf,
} from './report.js';
import { formatTable, summarize } from './summary.js';

const HELP = `Measures engines side by side, and their peers beside them: each in a process of its own, one run of each in turn.

  pnpm bench [--backend NAMES] [--only TEXT] [--runs N] [--peers] [--paper] [--cold] [--profile] [--json FILE]

  --backend   engines and peers, with commas between, by how their names begin; all engines where it is left out, of
              which cpu does not do what takes it minutes: ${CONTENDERS.map(({ name }) => name).join(', ')}
  --only      the measurements whose name has this in it, or the one that has this name
  --runs      timed runs of each, after one that is not; 7. Slow ones are run for 20 s at most.
  --peers     also ONNX Runtime, with the same weights, and PyTorch, and the ratios of ours to theirs first;
              pnpm bench:peers installs the former, and PYTHON names a Python that has the latter
  --paper     also the model of the paper's size, which takes minutes
  --cold      times the first run too, and nothing beside it: for what takes too long to be run twice
  --profile   instead, the kernels of one run by the time they take, of engines whose kernels end with their work done
  --json      also writes all figures to this file

  pnpm bench --backend wasm,ort-web --only transformer
`;

const LONGEST = 20_000;
/**
 * Milliseconds before each run, for the threads of the one before to come to rest: ONNX Runtime's look for work for tens
 * of milliseconds after theirs, on cores that the next one needs.
 */
const REST = 200;

/** One benchmark on all contenders, run by run in turn, so that whatever else the machine does falls on all alike. */
async function measure(
  { name, heavy }: Benchmark,
  contenders: readonly Contender[],
  { runs, patient, cold }: { runs: number; patient: boolean; cold: boolean },
): Promise<Record<string, Cell>> {
  const figures = new Map<Contender, { own: number[]; units: number[] }>();
  const cells: Record<string, Cell> = {};
  for (const contender of contenders) {
    if (heavy && !patient && contender.name === 'cpu') cells[contender.name] = { reason: 'takes minutes' };
    else figures.set(contender, { own: [], units: [] });
  }
  for (let run = 0; run < runs; run++) {
    for (const [contender, { own, units }] of figures) {
      if (own.length * (own[0] ?? 0) > LONGEST || cells[contender.name]?.reason !== undefined) continue;
      await setTimeout(REST);
      const { milliseconds, unit, peak, reason } = await contender.ask({ benchmark: name, cold });
      if (milliseconds === undefined) cells[contender.name] = { reason };
      else {
        own.push(milliseconds);
        if (unit) units.push(milliseconds / unit);
        cells[contender.name] = { peak };
      }
    }
  }
  for (const [{ name: contender }, { own, units }] of figures) {
    if (own.length > 0) cells[contender] = { ...cells[contender], ...summarize(own) };
    if (units.length > 0) cells[contender].units = summarize(units).median;
  }
  return cells;
}

/** The kernels of one run on each engine. */
async function profile(
  { name, heavy }: Benchmark,
  contenders: readonly Contender[],
): Promise<Record<string, KernelTimes>> {
  const found: Record<string, KernelTimes> = {};
  for (const contender of contenders) {
    if (contender.kind !== 'engine' || (heavy && contender.name === 'cpu')) continue;
    const { kernels, reason } = await contender.ask({ benchmark: name, profile: true });
    if (kernels) found[contender.name] = kernels;
    console.log(`\n${name}, ${contender.name}\n${kernels ? formatKernels(kernels) : reason}`);
  }
  return found;
}

/** Starts processes, gives those that can be used, and ends them. */
async function withContenders<T>(
  settings: readonly ContenderSettings[],
  use: (contenders: readonly Contender[], all: readonly Contender[]) => Promise<T>,
): Promise<T> {
  const started: Contender[] = [];
  try {
    for (const one of settings) {
      const contender = new Contender(one);
      started.push(contender);
      await contender.start();
    }
    return await use(
      started.filter(({ reason }) => !reason),
      started,
    );
  } finally {
    for (const contender of started) contender.stop();
  }
}

/** What of a list of names is chosen: those that begin with one of the words. */
function chosenContenders(words: string): ContenderSettings[] {
  const wanted = words.split(',').map((word) => word.trim());
  const found = CONTENDERS.filter(({ name }) => wanted.some((word) => name.startsWith(word)));
  const unknown = wanted.find((word) => !CONTENDERS.some(({ name }) => name.startsWith(word)));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `There is no engine or peer "${unknown}"; there are ${CONTENDERS.map(({ name }) => name).join(', ')}.`,
    );
  }
  return found;
}

const OPTIONS = {
  backend: { type: 'string' },
  only: { type: 'string' },
  runs: { type: 'string', default: '7' },
  json: { type: 'string' },
  peers: { type: 'boolean', default: false },
  paper: { type: 'boolean', default: false },
  cold: { type: 'boolean', default: false },
  profile: { type: 'boolean', default: false },
} as const;

await runTool({ command: 'pnpm bench', help: HELP, options: OPTIONS }, async ({ values }) => {
  const settings = values.backend
    ? chosenContenders(values.backend)
    : CONTENDERS.filter(({ kind }) => values.peers || kind === 'engine');
  const { cold } = values;
  const patient = values.backend !== undefined;
  const runs = Number(values.runs);
  if (!Number.isSafeInteger(runs) || runs < 1) {
    throw new ConfigurationError(`--runs is ${values.runs}; it must be a whole number of at least 1.`);
  }
  const named = benchmarks.filter(({ name }) => name === values.only);
  const found = named.length > 0 ? named : benchmarks.filter(({ name }) => name.includes(values.only ?? ''));
  const chosen = found.filter(({ paper }) => values.paper || !paper);
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
  const results: Results = {};
  const profiles: Record<string, Record<string, KernelTimes>> = {};
  const labels = await withContenders(settings, async (usable, all) => {
    for (const { name, reason } of all) if (reason) console.log(`${name} is left out: ${reason}`);
    const contenders = usable.filter(({ name, simulated }) => {
      if (simulated && !values.backend) {
        console.log(
          `${name} is left out: it runs on a program on the CPU here; --backend ${name} measures it.`,
        );
      }
      return values.backend || !simulated;
    });
    const names = contenders.map(({ name }) => name);
    for (const benchmark of chosen) {
      console.error(`${benchmark.name} …`);
      if (values.profile) {
        profiles[benchmark.name] = await profile(benchmark, contenders);
        continue;
      }
      const own = settings.filter(({ name }) => names.includes(name));
      const cells = benchmark.memory
        ? await withContenders(own, (fresh) => measure(benchmark, fresh, { runs, patient, cold }))
        : await measure(benchmark, contenders, { runs, patient, cold });
      results[benchmark.name] = cells;
      for (const [name, { reason }] of Object.entries(cells)) {
        if (reason) console.log(`${benchmark.name} is left out on ${name}: ${reason}`);
      }
    }
    return Object.fromEntries(contenders.map(({ name, label }) => [name, label]));
  });
  const names = Object.keys(labels);
  const ratios = ratiosOf(results);
  const units = unitsOf(results);
  if (!values.profile) {
    const pairs = RATIOS.map((pair) => pair.join(' / '));
    if (Object.keys(ratios).length > 0) {
      console.log(`\nOurs over theirs:\n\n${formatNumbers(ratios, pairs)}`);
    }
    if (Object.keys(units).length > 0) {
      console.log(
        `\nSteps over as many batched forwards in the same process:\n\n${formatNumbers(units, names)}`,
      );
    }
    const rows = chosen.map((benchmark) => [
      benchmark.name,
      ...names.map((name) => formatCell(benchmark, results[benchmark.name][name] ?? {})),
    ]);
    console.log(`\n${formatTable([['', ...names], ...rows])}`);
    console.log(
      '\nMedians, and half the distance of the quartiles; MB: the most resident above the engine at rest.',
    );
  }
  if (values.json) {
    const found = values.profile ? { profiles } : { ratios, units, results };
    const text = JSON.stringify({ ...machine, contenders: labels, ...found }, null, 2);
    await writeFileAtomically(values.json, [`${text}\n`]);
  }
});
