/* A thread of `GriffinLimThreads`: takes mels, gives samples. */
import { parentPort, workerData } from 'node:worker_threads';
import { GriffinLimVocoder } from '../vocoder/griffin-lim-vocoder.js';
import type { Answer, Request, VocoderData } from './griffin-lim-threads.js';

const { config, options } = workerData as VocoderData;
const vocoder = new GriffinLimVocoder(config, options);

parentPort!.on('message', ({ id, mel, seed }: Request) => {
  try {
    const samples = vocoder.vocode(mel, { seed });
    parentPort!.postMessage({ id, samples } satisfies Answer, [samples.buffer as ArrayBuffer]);
  } catch {
    parentPort!.postMessage({ id } satisfies Answer);
  }
});
