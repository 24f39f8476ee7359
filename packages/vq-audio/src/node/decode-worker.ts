/* The thread of `decodeSoundInThread`: takes one file, gives its sound. Imported anywhere else, it does nothing. */
import { parentPort, workerData } from 'node:worker_threads';
import { VisualEchoesError } from '@visual-echoes/core';
import { decodeSound } from '../decode/decode-sound.js';
import type { DecodeAnswer, DecodeRequest } from './decode-sound-in-thread.js';

if (parentPort && workerData) {
  const { bytes, maxDuration } = workerData as DecodeRequest;
  try {
    const sound = await decodeSound(bytes, { maxDuration });
    parentPort.postMessage(
      { sound } satisfies DecodeAnswer,
      sound.channels.map(({ buffer }) => buffer as ArrayBuffer),
    );
  } catch (error) {
    if (!(error instanceof VisualEchoesError)) throw error;
    parentPort.postMessage({ error: error.message } satisfies DecodeAnswer);
  }
}
