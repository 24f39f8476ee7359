import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const app = fileURLToPath(new URL('..', import.meta.url));

/** Brings `dist` up to date; the command runs from there. Takes a moment where nothing has changed. */
export function build(): void {
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
  try {
    execFileSync(process.execPath, [join(dirname(compiler), 'bin/tsc'), '-b', app], { encoding: 'utf8' });
  } catch (error) {
    // What has types that do not fit is written nevertheless; `pnpm build` is where that counts.
    if (!existsSync(join(app, 'dist/index.js'))) throw error;
  }
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
  seconds: number;
}

/** Runs `visual-echoes` as a person does. */
export function visualEchoes(
  args: readonly string[],
  {
    cwd,
    env = {},
    interruptAt,
    interruptBy = 'SIGINT',
    ...user
  }: {
    cwd: string;
    env?: Record<string, string>;
    /** Presses Ctrl-C once stderr says this. */
    interruptAt?: RegExp;
    /** What it is pressed with: SIGKILL leaves the command no time for anything. */
    interruptBy?: NodeJS.Signals;
    uid?: number;
    gid?: number;
  },
): Promise<Outcome> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(app, 'bin/visual-echoes.js'), ...args],
      { cwd, env: { ...process.env, VISUAL_ECHOES_BACKEND: 'wasm', ...env }, ...user, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : 128) : 0;
        resolve({ code, stdout, stderr, seconds: (performance.now() - start) / 1000 });
      },
    );
    let said = '';
    let interrupted = false;
    child.stderr?.on('data', (text: string) => {
      said += text;
      if (interrupted || !interruptAt?.test(said)) return;
      interrupted = true;
      child.kill(interruptBy);
    });
  });
}
