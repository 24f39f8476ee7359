import { InvalidInputError } from '@visual-echoes/core';
import type { Waveform } from './waveform.js';

const PCM = 1;
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** At least this is a writer's "length not known yet" (ffmpeg, sox and browsers differ in the low bits). */
const UNKNOWN_SIZE = 0x7ffff000;

interface Format {
  encoding: number;
  channels: number;
  sampleRate: number;
  bytesPerSample: number;
}

/**
 * Decodes a RIFF/WAVE file: integer PCM of 8, 16, 24 or 32 bits, floats of 32 or 64, plain or
 * WAVE_FORMAT_EXTENSIBLE, any number of channels. Unknown chunks are skipped. A data size of a streaming
 * writer (0, 0xFFFFFFFF) or beyond the end of the file means the rest of the file: nothing is ever
 * allocated on the header's word alone.
 *
 * @param options.maxDuration seconds; longer files are refused before they are decoded
 * @throws InvalidInputError for what is not WAV, has no samples, holds NaN or infinities, or is too long.
 *
 * @example
 * const { sampleRate, channels } = readWav(await readFile('seven.wav'));
 */
export function readWav(bytes: Uint8Array, { maxDuration = 600 }: { maxDuration?: number } = {}): Waveform {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkMagic(bytes);

  let format: Format | undefined;
  let start = -1;
  let size = 0;
  for (let at = 12; at + 8 <= bytes.length && start < 0; ) {
    const id = ascii(bytes, at, 4);
    const declared = view.getUint32(at + 4, true);
    const left = bytes.length - at - 8;
    if (id === 'fmt ') {
      format = readFormat(view, at + 8, Math.min(declared, left));
    } else if (id === 'data') {
      const streamed = declared >= UNKNOWN_SIZE || (declared === 0 && !startsChunk(bytes, at + 8));
      start = at + 8;
      size = streamed ? left : Math.min(declared, left);
    }
    at += 8 + declared + (declared % 2);
  }
  if (!format) {
    throw new InvalidInputError(
      'The WAV file ends before its format. It is truncated: copy or export it again.',
    );
  }
  if (start < 0) {
    throw new InvalidInputError(
      'The WAV file ends before its sound. It is truncated: copy or export it again.',
    );
  }
  const frames = Math.floor(size / (format.bytesPerSample * format.channels));
  if (frames === 0) throw new InvalidInputError('The WAV file has no samples. Record or export it again.');
  const seconds = frames / format.sampleRate;
  if (seconds > maxDuration) {
    throw new InvalidInputError(
      `The WAV file lasts ${Math.round(seconds)} s, over the limit of ${maxDuration} s. Cut it, or raise maxDuration.`,
    );
  }
  return { sampleRate: format.sampleRate, channels: decode(view, start, frames, format) };
}

function checkMagic(bytes: Uint8Array): void {
  if (bytes.length === 0)
    throw new InvalidInputError('The sound file is empty (0 bytes). Record or copy it again.');
  const magic = ascii(bytes, 0, 4);
  if (['RIFF', 'RF64'].includes(magic) && ascii(bytes, 8, 4) === 'WAVE') return;
  const isMp3 = magic.startsWith('ID3') || (bytes[0] === 0xff && (bytes[1] & 0xe0) === 0xe0);
  const known: Record<string, string> = { OggS: 'Ogg', fLaC: 'FLAC', FORM: 'AIFF', RIFX: 'big-endian RIFX' };
  const what =
    known[magic] ?? (isMp3 ? 'MP3' : ascii(bytes, 4, 4) === 'ftyp' ? 'MP4 or M4A' : `begins with "${magic}"`);
  throw new InvalidInputError(
    `Not a WAV file: it ${known[magic] || !what.startsWith('begins') ? 'is ' : ''}${what}. ` +
      'Convert it to WAV first, for example: ffmpeg -i INPUT OUTPUT.wav',
  );
}

function readFormat(view: DataView, at: number, size: number): Format {
  if (size < 16)
    throw new InvalidInputError(`A WAV format has 16 bytes or more, not ${size}. Export it again.`);
  const tag = view.getUint16(at, true);
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const blockAlign = view.getUint16(at + 12, true);
  const bits = view.getUint16(at + 14, true);
  // In the extensible form, the first two bytes of the GUID are the tag of the plain form.
  const encoding = tag === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : tag;
  const allowed = encoding === PCM ? [1, 2, 3, 4] : encoding === IEEE_FLOAT ? [4, 8] : [];
  const bytesPerSample = Math.ceil(bits / 8);
  if (!allowed.includes(bytesPerSample)) {
    throw new InvalidInputError(
      `WAV encoding ${encoding} with ${bits} bits is not read. Export it as 16-bit PCM or 32-bit float.`,
    );
  }
  if (channels === 0 || blockAlign !== channels * bytesPerSample) {
    throw new InvalidInputError(
      `The WAV header contradicts itself: ${channels} channels of ${bits} bits in blocks of ${blockAlign} bytes. Export it again.`,
    );
  }
  if (sampleRate < 1000 || sampleRate > 192_000) {
    throw new InvalidInputError(`The WAV header claims ${sampleRate} Hz; from 1,000 to 192,000 Hz are read.`);
  }
  return { encoding, channels, sampleRate, bytesPerSample };
}

function decode(view: DataView, start: number, frames: number, format: Format): Float32Array[] {
  const { encoding, channels, bytesPerSample } = format;
  const stride = bytesPerSample * channels;
  const read = reader(view, encoding, bytesPerSample);
  return Array.from({ length: channels }, (_, c) => {
    const out = new Float32Array(frames);
    let at = start + c * bytesPerSample;
    for (let i = 0; i < frames; i++, at += stride) out[i] = read(at);
    if (encoding === IEEE_FLOAT) {
      const bad = out.findIndex((x) => !Number.isFinite(x));
      if (bad >= 0) {
        throw new InvalidInputError(
          `Sample ${bad} of channel ${c} in the WAV file is ${out[bad]}, not a number in range. Export it again.`,
        );
      }
    }
    return out;
  });
}

function reader(view: DataView, encoding: number, bytesPerSample: number): (at: number) => number {
  if (encoding === IEEE_FLOAT) {
    return bytesPerSample === 4 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  }
  if (bytesPerSample === 1) return (at) => (view.getUint8(at) - 128) / 128;
  if (bytesPerSample === 2) return (at) => view.getInt16(at, true) / 0x8000;
  if (bytesPerSample === 3)
    return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 0x800000;
  return (at) => view.getInt32(at, true) / 0x80000000;
}

/** Whether a chunk that fits into the file begins at `at`, rather than samples. */
function startsChunk(bytes: Uint8Array, at: number): boolean {
  if (at + 8 > bytes.length) return false;
  const size = new DataView(bytes.buffer, bytes.byteOffset + at + 4, 4).getUint32(0, true);
  return /^[\x20-\x7e]{4}$/.test(ascii(bytes, at, 4)) && at + 8 + size <= bytes.length;
}

const ascii = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length));
