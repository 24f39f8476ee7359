#!/usr/bin/env node
import { statSync } from 'node:fs';
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import { ConfigurationError, VisualEchoesError } from '@visual-echoes/core';
import { runTool } from '../run-tool.js';
import type { Row } from './compare.js';
import { modelOf } from './models.js';
import { readReferenceFolders } from './reference-folder.js';

const HELP = `Compares our models with golden outputs of the published ones.

  pnpm parity FOLDER… [--backend tensorflow|wasm|cpu] [--json]

A folder holds config.json, io.safetensors and the weights in one or more forms (weights.safetensors, weights.ckpt,
weights.legacy.pt), each of which is compared; its name says which model it is.
Floats pass within 1e-4 of the largest reference, gradients within 1e-3, indices where all are equal.
The exit code is 1 where a row falls short.

  pnpm parity references/taming-vqgan references/mage --backend wasm
`;

interface FolderReport {
  folder: string;
  weights?: string;
  model?: string;
  pass: boolean;
  rows: Row[];
  error?: string;
}

/** A report for each file of weights. */
async function compareFolder(folder: string): Promise<FolderReport[]> {
  const reports: FolderReport[] = [];
  try {
    const { model, compare } = modelOf(folder);
    for (const [weights, reference] of await readReferenceFolders(folder)) {
      const rows = await compare(reference);
      const pass = rows.length > 0 && rows.every((row) => row.pass);
      reports.push({ folder, weights, model, pass, rows });
    }
  } catch (error) {
    if (!(error instanceof VisualEchoesError)) throw error;
    reports.push({ folder, pass: false, rows: [], error: error.message });
  }
  return reports;
}

function printReport({ folder, weights, pass, rows, error }: FolderReport): void {
  if (error) {
    console.error(error);
    return;
  }
  console.log(`\n${folder}, ${weights}`);
  const width = Math.max(...rows.map((row) => row.output.length));
  for (const { output, difference, reference, ratio, limit, pass, note } of rows) {
    const figures =
      note ??
      (limit === 0
        ? `${difference} of ${reference} differ`
        : `${difference.toExponential(1)} / ${reference.toExponential(1)} = ${ratio.toExponential(1)}  (≤ ${limit})`);
    console.log(`  ${pass ? 'pass' : 'FAIL'}  ${output.padEnd(width)}  ${figures}`);
  }
  const failures = rows.filter((row) => !row.pass).length;
  console.log(pass ? `  all ${rows.length} rows pass` : `  ${failures} of ${rows.length} rows fall short`);
}

const OPTIONS = { backend: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

const TOOL = { command: 'pnpm parity', help: HELP, options: OPTIONS, allowPositionals: true };

await runTool(TOOL, async ({ values, positionals }) => {
  // A pattern such as `parity/*` also names files that lie beside the folders.
  const folders = positionals.filter((path) => !statSync(path, { throwIfNoEntry: false })?.isFile());
  if (folders.length === 0) throw new ConfigurationError('No folder given. See pnpm parity --help.');
  const { name: backend } = await selectBackend({
    prefer: values.backend as BackendName | undefined,
    onMessage: console.error,
  });
  const reports: FolderReport[] = [];
  for (const folder of folders) {
    const own = await compareFolder(folder);
    reports.push(...own);
    if (!values.json) own.forEach(printReport);
  }
  const pass = reports.every((report) => report.pass);
  if (values.json) console.log(JSON.stringify({ backend, pass, folders: reports }, null, 2));
  return pass ? 0 : 1;
});
