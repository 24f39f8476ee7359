import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDatasetFile } from '@visual-echoes/cli/dist/dataset/dataset-file.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runStages } from './run-stages.js';
import { type Stage, stagesOf } from './stages.js';

let folder: string;
let program: string;
const inside = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stages-'));
  program = inside('program.mjs');
  // Notes its command line; `make FILE` makes a file, `fail CODE` ends with that code.
  writeFileSync(
    program,
    `import { appendFileSync, utimesSync, writeFileSync } from 'node:fs';
const [name, value, ...rest] = process.argv.slice(2);
appendFileSync(${JSON.stringify(inside('calls'))}, [name, ...rest].join(' ') + '\\n');
if (name === 'make') writeFileSync(value, '');
if (name === 'fail') process.exit(Number(value));
if (name === 'some') { utimesSync(value, new Date(), new Date()); process.exit(1); }
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

const calls = () => readFileSync(inside('calls'), 'utf8').trim().split('\n');
const run = async (stages: readonly Stage[]) => {
  const said: string[] = [];
  const code = await runStages(stages, { program, say: (line) => said.push(line) });
  return { code, said };
};
const make = (name: string, more: Partial<Stage> = {}): Stage => ({
  title: name,
  args: ['make', inside(name), name],
  result: inside(name),
  ...more,
});

it('runs what is not done, in order, and goes on with a training', async () => {
  const inputs = () => [inside('a')];
  const stages = [
    make('a'),
    make('b', { inputs, checkpoint: inside('a') }),
    { title: 'c', args: ['c', '', 'c'] },
  ];
  expect(await run(stages)).toMatchObject({ code: 0 });
  expect(calls()).toEqual(['make a', 'make b --resume', 'c c']);
  const again = await run(stages);
  expect(again.said.slice(0, 3)).toEqual(['[1/3] a: done before', '[2/3] b: done before', '[3/3] c']);
  const later = new Date(Date.now() + 60_000);
  utimesSync(inside('a'), later, later);
  await run(stages);
  expect(calls().slice(3)).toEqual(['c c', 'make b --resume', 'c c']);
});

it('stops at what fails, but not at a dataset that some clips are missing from', async () => {
  const failing = { title: 'fail', args: ['fail', '1', 'x'], dataset: inside('data') };
  expect(await run([failing, make('a')])).toMatchObject({ code: 1, said: ['[1/2] fail'] });
  expect((await run([{ ...failing, isOptional: true }, make('b')])).code).toBe(0);
  const fields = [{ name: 'image', grid: [1, 1] as [number, number], vocabulary: 2 }];
  const shards = [{ file: 'train.parquet', split: 'train', rows: 2 }];
  await writeDatasetFile(inside('data'), { format: 1, holds: 'tokens', fields, labels: [], shards });
  const before = new Date(Date.now() - 60_000);
  utimesSync(inside('data/dataset.json'), before, before);
  expect((await run([failing, make('a')])).code).toBe(1); // that dataset was there before
  const some = { title: 'some', args: ['some', inside('data/dataset.json'), ''], dataset: inside('data') };
  expect((await run([some, make('a')])).code).toBe(0);
});

it('takes videos through everything', () => {
  const stages = stagesOf({
    videos: 'videos',
    out: 'out',
    training: 'training',
    picture: 64,
    backend: 'wasm',
  });
  expect(stages.map(({ args: [command, what] }) => `${command} ${what.replaceAll('\\', '/')}`)).toEqual([
    'prepare videos',
    'train image-tokenizer',
    'train audio-tokenizer',
    'prepare out/media',
    'train transformer',
    'generate videos',
    'evaluate --dataset',
    'report out/results',
  ]);
});
