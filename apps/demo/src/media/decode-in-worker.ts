import type { Waveform } from 'visual-echoes';
import { askWorker } from './ask-worker.js';

/** `decodeSound` away from the page, which it would hold up for a second. @throws Error with its message. */
export function decodeInWorker(bytes: ArrayBuffer, maxDuration: number): Promise<Waveform> {
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), {
    type: 'module',
    name: 'decode',
  });
  return askWorker(worker, { bytes, maxDuration });
}
