import { decodeSound } from '@visual-echoes/vq-audio/decode';
import type { Decoded } from './decode-in-worker.js';

addEventListener(
  'message',
  async ({ data: { bytes, maxDuration } }: MessageEvent<{ bytes: ArrayBuffer; maxDuration: number }>) => {
    let answer: Decoded;
    try {
      answer = { sound: await decodeSound(new Uint8Array(bytes), { maxDuration }) };
    } catch (error) {
      answer = { error: (error as Error).message };
    }
    postMessage(answer);
  },
);
