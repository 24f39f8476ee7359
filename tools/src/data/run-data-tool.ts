import { CancelledError, ConfigurationError } from '@visual-echoes/core';
import type { OnProgress } from './open-packages.js';

/** An option's whole number. @throws ConfigurationError */
export function wholeNumber(text: string, name: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ConfigurationError(`--${name} is ${text}; it must be a whole number of at least ${least}.`);
}

/** Runs what makes data, with its progress on the terminal, until it is done or stopped. @returns the exit code, if any. */
export async function untilStopped(
  make: (given: { signal: AbortSignal; onProgress: OnProgress }) => Promise<void>,
): Promise<number | undefined> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  try {
    await make({ signal: stop.signal, onProgress: showProgress });
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    console.error('\nStopped; the same command goes on.');
    return 130;
  } finally {
    showProgress('', 1);
  }
}

function showProgress(doing: string, share: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\x1b[K${share < 1 ? `${doing}: ${Math.floor(100 * share)} %` : ''}`);
}
