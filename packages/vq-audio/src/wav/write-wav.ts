import { ConfigurationError, InvalidInputError, type Random } from '@visual-echoes/core';
import type { Waveform } from './waveform.js';

/** How samples are stored: integers of so many bits, or 32-bit floats. */
export type WavBitDepth = 8 | 16 | 24 | 32 | 'float';

/** Options of `writeWav`. */
export interface WriteWavOptions {
  bitDepth?: WavBitDepth;
  /** Adds triangular noise of one step before rounding (TPDF dither); none where it is left out. */
  dither?: Random;
}

/**
 * Encodes a sound as a RIFF/WAVE file. What lies beyond −1..1 is clipped, but not in `'float'`.
 *
 * @throws InvalidInputError for no channels, channels of different length, NaN or infinities.
 *
 * @example
 * await writeFile('seven.wav', writeWav({ sampleRate: 8000, channels: [samples] }));
 */
export function writeWav(
  { sampleRate, channels }: Waveform,
  { bitDepth = 16, dither }: WriteWavOptions = {},
): Uint8Array<ArrayBuffer> {
  const frames = channels[0]?.length;
  if (frames === undefined || channels.length > 0xffff || channels.some(({ length }) => length !== frames)) {
    throw new InvalidInputError(
      `A WAV file needs 1 to 65,535 channels of one length; these have ${channels.map((c) => c.length).join(', ') || 'none'}.`,
    );
  }
  if (!Number.isInteger(sampleRate) || sampleRate < 1) {
    throw new InvalidInputError(`A WAV file's sample rate is a whole number of Hz, not ${sampleRate}.`);
  }
  const bytesPerSample = bitDepth === 'float' ? 4 : bitDepth / 8;
  if (![1, 2, 3, 4].includes(bytesPerSample)) {
    throw new ConfigurationError(`A WAV file has a bitDepth of 8, 16, 24, 32 or 'float', not ${bitDepth}.`);
  }
  const blockAlign = bytesPerSample * channels.length;
  const dataSize = frames * blockAlign;
  const bytes = new Uint8Array(44 + dataSize + (dataSize % 2));
  const view = new DataView(bytes.buffer);
  const text = (at: number, s: string) => bytes.set(new TextEncoder().encode(s), at);
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, bitDepth === 'float' ? 3 : 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * blockAlign, true);
  view.setUint16(32, blockAlign, true);
  view.setUint16(34, bytesPerSample * 8, true);
  text(36, 'data');
  view.setUint32(40, dataSize, true);

  const scale = 2 ** (bytesPerSample * 8 - 1);
  let at = 44;
  for (let i = 0; i < frames; i++) {
    for (const channel of channels) {
      const x = channel[i];
      if (!Number.isFinite(x)) {
        throw new InvalidInputError(
          `Sample ${i} is ${x}: a WAV file holds finite numbers only. Check what made it.`,
        );
      }
      if (bitDepth === 'float') {
        view.setFloat32(at, x, true);
      } else {
        const noise = dither ? dither.uniform() - dither.uniform() : 0;
        const value = Math.max(-scale, Math.min(scale - 1, Math.round(x * scale + noise)));
        if (bytesPerSample === 1) view.setUint8(at, value + 128);
        else if (bytesPerSample === 2) view.setInt16(at, value, true);
        else if (bytesPerSample === 3) {
          view.setUint16(at, value & 0xffff, true);
          view.setInt8(at + 2, value >> 16);
        } else view.setInt32(at, value, true);
      }
      at += bytesPerSample;
    }
  }
  return bytes;
}
