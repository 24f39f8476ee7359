#!/usr/bin/env node
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HELP = `Compares our mel spectrograms with those that SpecVQGAN's authors published for the same clips.

  pnpm parity:mel FOLDER

FOLDER holds video/NAME.mp4 and mel/NAME_mel.npy. The difference is the mean absolute one, of values in 0..1: every mono
clip must be within 0.004, and stereo clips within 0.02 on average: how the authors made one channel of two is not
known, and no way that we tried (mean, sum, left, right, louder, ffmpeg's) comes nearer. The exit code is 1 where they fall short. Needs ffmpeg.
`;

/** Of mono clips, each. */
const MONO = 0.004;
/** Of stereo clips, their mean. */
const STEREO = 0.02;

interface MelReport {
  results: { input: string; channels: number; error: number }[];
  failures: { error: string }[];
}

/** Runs `visual-echoes mel` as a person does, so that what is compared is what people get. */
async function runCommand(folder: string): Promise<MelReport> {
  const command = fileURLToPath(new URL('../../../apps/cli/bin/visual-echoes.js', import.meta.url));
  const out = await mkdtemp(join(tmpdir(), 'visual-echoes-mel-'));
  const options = ['--preset', 'specvqgan', '--compare', join(folder, 'mel'), '--out', out, '--json'];
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [command, 'mel', join(folder, 'video'), ...options],
      { maxBuffer: 2 ** 24 },
    ).catch((error: { stdout: string }) => error);
    const { error, ...report } = JSON.parse(stdout || '{"error": {"message": "the command failed"}}');
    if (error) throw new Error(error.message);
    return report as MelReport;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function main(folder: string | undefined): Promise<number> {
  if (!folder || folder.startsWith('-')) {
    console.log(HELP);
    return folder ? 0 : 1;
  }
  const { results, failures } = await runCommand(folder);
  for (const { input, channels, error } of results) {
    console.log(`  ${error.toFixed(5)}  ${channels === 1 ? 'mono  ' : 'stereo'}  ${input}`);
  }
  for (const { error } of failures) console.error(`  ${error}`);
  const errors = (mono: boolean) =>
    results.filter(({ channels }) => (channels === 1) === mono).map(({ error }) => error);
  const [mono, stereo] = [errors(true), errors(false)];
  const worst = Math.max(...mono);
  const mean = stereo.reduce((sum, x) => sum + x, 0) / stereo.length;
  const rows = [
    { name: `${mono.length} mono clips, the worst`, value: worst, limit: MONO, count: mono.length },
    { name: `${stereo.length} stereo clips, their mean`, value: mean, limit: STEREO, count: stereo.length },
  ].filter(({ count }) => count > 0);
  for (const { name, value, limit } of rows) {
    console.log(`${value <= limit ? 'pass' : 'FAIL'}  ${name}: ${value.toFixed(4)} (≤ ${limit})`);
  }
  if (stereo.length > 0)
    console.log(`      the worst of the stereo clips: ${Math.max(...stereo).toFixed(4)}`);
  return rows.length > 0 && failures.length === 0 && rows.every(({ value, limit }) => value <= limit) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2).find((argument) => argument !== '--'));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
