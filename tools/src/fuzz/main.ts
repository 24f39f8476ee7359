#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '@visual-echoes/core';
import { runTool } from '../run-tool.js';
import { type FuzzReport, fuzzReader } from './fuzz-reader.js';
import { READERS } from './readers.js';
import { inputOf, seedsOf } from './run-block.js';

const HELP = `Gives our readers files that were broken by chance, and counts what they make of them.

  pnpm fuzz [--reader NAMES] [--count N] [--seed S]
  pnpm fuzz --reader NAME --index I [--seed S] [--save FILE]

  --reader   with commas between: ${Object.keys(READERS).join(', ')}; all of them where it is left out
  --count    inputs for each; 10000
  --seed     another seed makes other inputs; 1
  --index    that input alone, with where its error came from
  --save     writes that input to a file

Bits are flipped, lengths changed, parts cut off, left out, doubled and joined with others. A reader must take an input or
refuse it by one of our own errors, within 10 seconds. The exit code is 1 where one does anything else.
`;

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

function wholeNumber(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new ConfigurationError(`--${name} is a whole number, not ${text}.`);
  return value;
}

function printFaults(reader: string, seed: number, { crashed, hung }: FuzzReport): void {
  const again = (index: number) => `pnpm fuzz --reader ${reader} --seed ${seed} --index ${index}`;
  for (const { index, message } of crashed.slice(0, 10)) {
    console.error(`${reader} crashed (${again(index)}):\n  ${message.split('\n').slice(0, 4).join('\n  ')}`);
  }
  for (const index of hung.slice(0, 10)) console.error(`${reader} hung (${again(index)})`);
}

/** One input in this process. */
async function runOne(name: string, seed: number, index: number, save: string | undefined): Promise<number> {
  const reader = READERS[name];
  const bytes = inputOf(reader, await seedsOf(reader), { seed, index });
  console.log(`${name}, seed ${seed}, input ${index}: ${bytes.length} bytes`);
  if (save) writeFileSync(save, bytes);
  await reader.read(bytes);
  console.log('accepted');
  return 0;
}

const OPTIONS = {
  reader: { type: 'string' },
  count: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
  index: { type: 'string' },
  save: { type: 'string' },
} as const;

await runTool({ command: 'pnpm fuzz', help: HELP, options: OPTIONS }, async ({ values }) => {
  const names = values.reader?.split(',') ?? Object.keys(READERS);
  const unknown = names.find((name) => !Object.hasOwn(READERS, name));
  if (unknown)
    throw new ConfigurationError(`There is no reader "${unknown}", but ${Object.keys(READERS).join(', ')}.`);
  const count = wholeNumber(values.count, 'count');
  const seed = wholeNumber(values.seed, 'seed');
  if (values.index !== undefined) {
    if (names.length > 1)
      throw new ConfigurationError('--index is that of one reader; name it with --reader.');
    return runOne(names[0], seed, wholeNumber(values.index, 'index'), values.save);
  }
  console.log('reader         inputs  accepted   refused  crashed  hung   seconds  slowest');
  let pass = true;
  for (const name of names) {
    const report = await fuzzReader(WORKER, name, {
      count,
      seed,
      onProgress: (done) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${done} of ${count}  \r`);
      },
    });
    const { accepted, refused, crashed, hung, seconds, slowest } = report;
    const cells = [count, accepted, refused, crashed.length, hung.length, seconds.toFixed(1)];
    const widths = [9, 10, 10, 9, 6, 10];
    const row = cells.map((cell, i) => String(cell).padStart(widths[i])).join('');
    console.log(`${name.padEnd(12)}${row}  ${slowest.milliseconds.toFixed(0)} ms (${slowest.index})`);
    printFaults(name, seed, report);
    if (crashed.length > 0 || hung.length > 0) pass = false;
  }
  return pass ? 0 : 1;
});
