import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { CancelledError } from '@visual-echoes/core';

/** How ffmpeg is installed on this kind of machine. */
export const FFMPEG_REMEDY =
  {
    darwin: 'brew install ffmpeg',
    win32: 'winget install ffmpeg',
    linux: 'sudo apt-get install ffmpeg',
  }[process.platform as string] ?? 'ffmpeg.org/download.html';

/** The program, which the variable `VISUAL_ECHOES_FFMPEG` may name. */
export const ffmpegProgram = (): string => process.env['VISUAL_ECHOES_FFMPEG'] || 'ffmpeg';

/** How much of what ffmpeg says is kept. */
const MOST_MESSAGES = 65_536;

/** Of address space, KiB: several times what a film in 8K takes. */
const MOST_MEMORY = 4 * 2 ** 20;

/** What became of a run of ffmpeg. */
export interface FfmpegOutcome {
  /** What it wrote to `pipe:1`, `pipe:3`, `pipe:4`, … */
  outputs: Uint8Array[];
  messages: string;
  end: 'done' | 'failed' | 'too long' | 'too much' | 'stopped';
}

/** Options of `runFfmpeg`. */
export interface RunFfmpegOptions {
  /** Seconds, after which ffmpeg is ended. */
  timeout: number;
  /** How many bytes each of its outputs may have: `pipe:1`, then `pipe:3`, `pipe:4`, … */
  mostBytes: readonly number[];
  /** Ends it with a `CancelledError`. */
  signal?: AbortSignal | undefined;
  /** Receives all that it has said so far; `true` ends it as `stopped`. */
  onMessages?: (messages: string) => boolean;
}

/**
 * Runs ffmpeg to its end, bounded in time, in what it may write, and on Linux in memory; `undefined` where it cannot be
 * started.
 * @throws CancelledError.
 */
export function runFfmpeg(
  args: readonly string[],
  { timeout, mostBytes, signal, onMessages }: RunFfmpegOptions,
): Promise<FfmpegOutcome | undefined> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw new CancelledError();
    const child = start(args, timeout, mostBytes.length);
    const streams = mostBytes.map((_, i) => child.stdio[i === 0 ? 1 : i + 2] as Readable);
    const chunks: Buffer[][] = streams.map(() => []);
    let messages = '';
    let stopped: FfmpegOutcome['end'] | undefined;
    const stop = (why: FfmpegOutcome['end']) => {
      stopped ??= why;
      child.kill('SIGKILL');
      for (const stream of [...streams, child.stderr]) stream?.destroy();
    };
    const timer = setTimeout(() => stop('too long'), timeout * 1000);
    const abort = () => stop('stopped');
    signal?.addEventListener('abort', abort, { once: true });
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    streams.forEach((stream, i) => {
      let length = 0;
      stream.on('error', () => {}); // the end of the process says it
      stream.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > mostBytes[i]) stop('too much');
        else chunks[i].push(chunk);
      });
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      messages = (messages + text).slice(-MOST_MESSAGES);
      if (!stopped && onMessages?.(messages)) stop('stopped');
    });
    child.on('error', () => {
      end();
      resolve(undefined);
    });
    child.on('close', (code) => {
      end();
      if (signal?.aborted) reject(new CancelledError());
      // So does a shell say that there is no such program, or that it may not be run.
      else if (!stopped && (code === 127 || code === 126)) resolve(undefined);
      else {
        const outputs = chunks.map((pieces) => Buffer.concat(pieces));
        resolve({ outputs, messages, end: stopped ?? (code === 0 ? 'done' : 'failed') });
      }
    });
  });
}

/**
 * Starts ffmpeg in a process group of its own, so that a Ctrl-C does not reach it: its early end would look like that of
 * a damaged file. Where the shell can, it bounds its memory, and its time, since who started it may be killed.
 */
function start(args: readonly string[], timeout: number, outputs: number): ChildProcess {
  const more = Array.from({ length: outputs - 1 }, () => 'pipe' as const);
  const options = {
    stdio: ['ignore' as const, 'pipe' as const, 'pipe' as const, ...more],
    windowsHide: true,
    detached: process.platform !== 'win32',
  };
  if (process.platform !== 'linux') return spawn(ffmpegProgram(), args, options);
  const limits = `ulimit -v ${MOST_MEMORY}; ulimit -t ${Math.ceil(2 * timeout)}; exec "$0" "$@"`;
  return spawn('/bin/sh', ['-c', limits, ffmpegProgram(), ...args], options);
}

/** The last that ffmpeg said, without the path, which the caller names, and without what a terminal would obey. */
export function lastMessage(messages: string, path: string): string {
  const line = messages.trim().split('\n').at(-1) ?? '';
  return line
    .replaceAll(`file:${path}: `, '')
    .replace(/\p{Cc}/gu, '')
    .slice(0, 200);
}
