import { decodeSound } from '@visual-echoes/vq-audio/decode';
import { answerOnce } from './answer-once.js';

answerOnce(
  ({ bytes, maxDuration }: { bytes: ArrayBuffer; maxDuration: number }) =>
    decodeSound(new Uint8Array(bytes), { maxDuration }),
  ({ channels }) => [...new Set(channels.map(({ buffer }) => buffer as ArrayBuffer))],
);
