#!/usr/bin/env node
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { ConfigurationError, VisualEchoesError } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { type Benchmark, benchmarks } from './benchmarks.js';
import { CONTENDERS, Contender, type ContenderSettings, RATIOS } from './contender.js';
import { formatTable, type Summary, summarize } from './summary.js';

const HELP = `Measures engines side by side, and their peers beside them: each in a process of its own, one run of each in turn.

  pnpm bench [--backend NAMES] [--only TEXT] [--runs N] [--peers] [--paper] [--json FILE]

  --backend   engines and peers, with commas between, by how their names begin; all engines where it is left out:
              tensorflow, wasm ×1, wasm ×2, cpu; ort-node ×2, ort-web ×1, ort-web ×2, pytorch ×2
  --only      the measurements whose name has this in it
  --runs      timed runs of each, after one that is not; 7. Slow ones are run for 20 s at most.
  --peers     also ONNX Runtime, with the same weights, and PyTorch, and the ratios of ours to theirs first;
              pnpm bench:peers installs the former, and PYTHON names a Python that has the latter
  --paper     also the model of the paper's size, which takes minutes
  --json      also writes all figures to this file

  pnpm bench --backend wasm,ort-web --only transformer
`;

const LONGEST = 20_000;

type Cell = Partial<Summary> & { reason?: string; peak?: number };

/** One benchmark on all contenders, run by run in turn, so that whatever else the machine does falls on all alike. */
async function measure(
  { name, heavy }: Benchmark,
  contenders: readonly Contender[],
  runs: number,
): Promise<Record<string, Cell>> {
  const figures = new Map<Contender, number[]>();
  const cells: Record<string, Cell> = {};
  for (const contender of contenders) {
    if (heavy && contender.name === 'cpu') cells[contender.name] = { reason: 'takes minutes' };
    else figures.set(contender, []);
  }
  for (let run = 0; run < runs; run++) {
    for (const [contender, own] of figures) {
      if (own.length * (own[0] ?? 0) > LONGEST || cells[contender.name]?.reason !== undefined) continue;
      const { milliseconds, peak, reason } = await contender.ask({ benchmark: name });
      if (milliseconds === undefined) cells[contender.name] = { reason };
      else {
        own.push(milliseconds);
        cells[contender.name] = { peak };
      }
    }
  }
  for (const [{ name: contender }, own] of figures) {
    if (own.length > 0) cells[contender] = { ...cells[contender], ...summarize(own) };
  }
  return cells;
}

const milliseconds = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0));

function formatCell({ gflop, items, paper }: Benchmark, { median, spread, peak }: Cell): string {
  if (median === undefined) return '–';
  const perSecond = (count: number) => Math.round((1000 * count) / median);
  const rate = gflop ? `${perSecond(gflop)} GFLOP/s, ` : items ? `${perSecond(items)}/s, ` : '';
  const memory = paper && peak ? `, ${(peak / 1e9).toFixed(1)} GB` : '';
  return `${rate}${milliseconds(median)} ms ±${Math.round(50 * spread!)} %${memory}`;
}

type Results = Record<string, Record<string, Cell>>;

/** Ours over theirs, where both have a figure. */
function ratiosOf(results: Results): Record<string, Record<string, number>> {
  return Object.fromEntries(
    Object.entries(results).flatMap(([benchmark, cells]) => {
      const found = RATIOS.flatMap(([ours, theirs]) => {
        const [a, b] = [cells[ours]?.median, cells[theirs]?.median];
        return a === undefined || b === undefined ? [] : [[`${ours} / ${theirs}`, a / b] as const];
      });
      return found.length > 0 ? [[benchmark, Object.fromEntries(found)]] : [];
    }),
  );
}

/** The ratios as a table, with a column for each pair that was measured. */
function formatRatios(ratios: Record<string, Record<string, number>>): string {
  const pairs = RATIOS.map((pair) => pair.join(' / '));
  const measured = pairs.filter((pair) => Object.values(ratios).some((row) => row[pair] !== undefined));
  const rows = Object.entries(ratios).map(([benchmark, row]) => [
    benchmark,
    ...measured.map((pair) => row[pair]?.toFixed(2) ?? '–'),
  ]);
  return formatTable([['', ...measured], ...rows]);
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

async function main(): Promise<void> {
  let options: ReturnType<typeof readArguments>;
  try {
    options = readArguments();
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message.split('. ')[0]}. See pnpm bench --help.`);
  }
  const { values } = options;
  if (values.help) return console.log(HELP);
  const settings = values.backend
    ? chosenContenders(values.backend)
    : CONTENDERS.filter(({ kind }) => values.peers || kind === 'engine');
  const runs = Number(values.runs);
  if (!Number.isSafeInteger(runs) || runs < 1) {
    throw new ConfigurationError(`--runs is ${values.runs}; it must be a whole number of at least 1.`);
  }
  const chosen = benchmarks.filter(
    ({ name, paper }) => name.includes(values.only ?? '') && (values.paper || !paper),
  );
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
  const started: Contender[] = [];
  try {
    for (const one of settings) started.push(await new Contender(one).start());
    for (const { name, reason } of started) if (reason) console.log(`${name} is left out: ${reason}`);
    const contenders = started.filter(({ reason }) => !reason);
    const results: Results = {};
    for (const benchmark of chosen) {
      console.error(`${benchmark.name} …`);
      const cells = await measure(benchmark, contenders, runs);
      results[benchmark.name] = cells;
      for (const [name, { reason }] of Object.entries(cells)) {
        if (reason) console.log(`${benchmark.name} is left out on ${name}: ${reason}`);
      }
    }
    const ratios = ratiosOf(results);
    if (Object.keys(ratios).length > 0) console.log(`\nOurs over theirs:\n\n${formatRatios(ratios)}`);
    const rows = chosen.map((benchmark) => [
      benchmark.name,
      ...contenders.map(({ name }) => formatCell(benchmark, results[benchmark.name][name])),
    ]);
    console.log(`\n${formatTable([['', ...contenders.map(({ name }) => name)], ...rows])}`);
    console.log('\nMedians, and half the distance of the quartiles.');
    if (values.json) {
      const labels = Object.fromEntries(contenders.map(({ name, label }) => [name, label]));
      await writeFileAtomically(values.json, [
        `${JSON.stringify({ ...machine, contenders: labels, ratios, results }, null, 2)}\n`,
      ]);
    }
  } finally {
    for (const contender of started) contender.stop();
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
      peers: { type: 'boolean', default: false },
      paper: { type: 'boolean', default: false },
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
