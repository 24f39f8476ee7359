/* A thread of `GriffinLimThreads`: takes mels, gives samples. Imported anywhere else, it does nothing. */
import { parentPort, workerData } from 'node:worker_threads';
import { GriffinLimVocoder } from '../vocoder/griffin-lim-vocoder.js';
import type { Answer, Request, VocoderData } from './griffin-lim-threads.js';

if (parentPort && workerData) {
  const port = parentPort;
  const { config, options } = workerData as VocoderData;
  const vocoder = new GriffinLimVocoder(config, options);

  port.on('message', ({ id, mel, seed }: Request) => {
    try {
      const samples = vocoder.vocode(mel, { seed });
      port.postMessage({ id, samples } satisfies Answer, [samples.buffer as ArrayBuffer]);
    } catch {
      port.postMessage({ id } satisfies Answer);
    }
  });
}
