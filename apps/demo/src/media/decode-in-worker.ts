import type { Waveform } from 'visual-echoes';

/** What the worker answers. */
export type Decoded = { sound: Waveform } | { error: string };

/** `decodeSound` away from the page, which it would hold up for a second. @throws Error with its message. */
export async function decodeInWorker(bytes: ArrayBuffer, maxDuration: number): Promise<Waveform> {
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), {
    type: 'module',
    name: 'decode',
  });
  try {
    const answer = await new Promise<Decoded>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Decoded>) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message || 'The decoder cannot be loaded.'));
      };
      worker.postMessage({ bytes, maxDuration });
    });
    if ('error' in answer) throw new Error(answer.error);
    return answer.sound;
  } finally {
    worker.terminate();
  }
}
