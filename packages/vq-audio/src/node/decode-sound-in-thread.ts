import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { InvalidInputError } from '@visual-echoes/core';
import type { Waveform } from '../wav/waveform.js';

export interface DecodeRequest {
  bytes: Uint8Array;
  maxDuration: number;
}

/** The sound, or why there is none. */
export type DecodeAnswer = { sound: Waveform } | { error: string };

/** By the package's own name, since tests run from the sources and a thread cannot. */
const WORKER = createRequire(import.meta.url).resolve('@visual-echoes/vq-audio/decode-worker');

/**
 * `decodeSound` in a worker thread, which is ended after `timeout` seconds: whatever a hostile file does to a decoder,
 * the caller goes on.
 *
 * @throws InvalidInputError as `decodeSound`, and where the time is over.
 */
export function decodeSoundInThread(
  bytes: Uint8Array,
  { maxDuration = 600, timeout = 60 }: { maxDuration?: number; timeout?: number } = {},
): Promise<Waveform> {
  return new Promise((resolve, reject) => {
    const request: DecodeRequest = { bytes, maxDuration };
    // The decoders print what they stumble over; it is not for the user.
    const worker = new Worker(WORKER, { workerData: request, stdout: true, stderr: true });
    const damaged = (why: string, cause?: unknown) =>
      reject(
        new InvalidInputError(`The sound file is damaged (${why}). Copy or export it again.`, { cause }),
      );
    const timer = setTimeout(() => {
      damaged(`not decoded within ${timeout} s`);
      void worker.terminate();
    }, timeout * 1000);
    worker.on('message', (answer: DecodeAnswer) => {
      if ('sound' in answer) resolve(answer.sound);
      else reject(new InvalidInputError(answer.error));
    });
    worker.on('error', (cause) => damaged('its decoder failed', cause));
    worker.on('exit', () => {
      clearTimeout(timer);
      damaged('its decoder ended');
    });
  });
}
