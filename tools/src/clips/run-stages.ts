import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readDatasetFile } from '@visual-echoes/cli/dist/dataset/dataset-file.js';
import type { Stage } from './stages.js';

export interface RunStagesOptions {
  /** The program that the stages are command lines of. */
  program: string;
  /** Receives what is done, a line at a time. */
  say: (line: string) => void;
}

/** Runs stages one after the other, but for those that are done; returns the exit code of the first that fails, or 0. */
export async function runStages(
  stages: readonly Stage[],
  { program, say }: RunStagesOptions,
): Promise<number> {
  for (const [i, stage] of stages.entries()) {
    const title = `[${i + 1}/${stages.length}] ${stage.title}`;
    if (isDone(stage)) {
      say(`${title}: done before`);
      continue;
    }
    say(title);
    const started = Date.now();
    const resume = stage.checkpoint && existsSync(stage.checkpoint) ? ['--resume'] : [];
    const code = await runProgram(program, [...stage.args, ...resume]);
    if (code === 1 && (stage.isOptional || (await isUsable(stage, started)))) say('What failed is left out.');
    else if (code !== 0) return code;
    say(`${title}: ${inWords((Date.now() - started) / 1000)}`);
  }
  return 0;
}

/** Whether a stage's result is there, and none of what it is made of is newer. */
export function isDone({ result, inputs = () => [] }: Stage): boolean {
  if (!result || !existsSync(result)) return false;
  const made = statSync(result).mtimeMs;
  return inputs().every((path) => statSync(path).mtimeMs <= made);
}

/** Whether a dataset was finished just now, with clips enough, though some failed. */
async function isUsable({ dataset }: Stage, started: number): Promise<boolean> {
  const path = dataset && join(dataset, 'dataset.json');
  if (!path || !existsSync(path) || statSync(path).mtimeMs < started) return false;
  const { shards } = await readDatasetFile(dataset);
  return (
    shards.every(({ rows }) => rows !== undefined) && shards.reduce((sum, { rows = 0 }) => sum + rows, 0) >= 2
  );
}

/** Ctrl-C reaches the program, which then ends by itself. */
function runProgram(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
    const stop = (signal: NodeJS.Signals) => child.kill(signal);
    const wait = () => {}; // a terminal sends it to both
    process.on('SIGTERM', stop).on('SIGINT', wait);
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGTERM', stop).off('SIGINT', wait);
      resolve(code ?? 130);
    });
  });
}

const inWords = (seconds: number) =>
  seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
