import { InvalidInputError, VisualEchoesError } from '@visual-echoes/core';
import { readWav } from '../wav/read-wav.js';
import type { Waveform } from '../wav/waveform.js';
import { SOUND_FORMAT_NAMES, type SoundFormat, soundFormat } from './sound-format.js';

/** What the decoders give of a piece of a file. */
interface Piece {
  channelData: Float32Array[];
  samplesDecoded: number;
  sampleRate: number;
}

/** The interface that the decoders share. */
interface Decoder {
  ready: Promise<void>;
  decode(bytes: Uint8Array): Piece | Promise<Piece>;
  flush?(): Piece | Promise<Piece>;
  free(): void | Promise<void>;
}

/** Each is loaded when it is first needed, 80 to 150 kB. */
const DECODERS: Partial<Record<SoundFormat, () => Promise<Decoder>>> = {
  mp3: async () => new (await import('mpg123-decoder')).MPEGDecoder(),
  'ogg-vorbis': async () => new (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder(),
  'ogg-opus': async () => new (await import('ogg-opus-decoder')).OggOpusDecoder(),
  flac: async () => new (await import('@wasm-audio-decoders/flac')).FLACDecoder(),
};

/** The formats that `decodeSound` decodes. */
export const DECODED_FORMATS: readonly SoundFormat[] = ['wav', ...(Object.keys(DECODERS) as SoundFormat[])];

/** Bytes that are decoded at once, so that what decodes to far more than it should is noticed in time. */
const BLOCK = 4096;

/**
 * Decodes a WAV, MP3, Ogg Vorbis, Ogg Opus or FLAC file, told by its content, in Node and in browsers alike (by
 * WebAssembly). A file that is cut off gives what is there.
 *
 * @param options.maxDuration seconds; longer files are refused
 * @throws InvalidInputError for other formats, for what is damaged, empty or too long.
 *
 * @example
 * const { sampleRate, channels } = await decodeSound(await readFile('seven.mp3'));
 */
export async function decodeSound(
  bytes: Uint8Array,
  { maxDuration = 600 }: { maxDuration?: number } = {},
): Promise<Waveform> {
  if (bytes.length === 0)
    throw new InvalidInputError('The sound file is empty (0 bytes). Record or copy it again.');
  const format = soundFormat(bytes);
  if (format === 'wav') return readWav(bytes, { maxDuration });
  const load = format && DECODERS[format];
  if (!load) {
    throw new InvalidInputError(
      `The sound file is ${format ? SOUND_FORMAT_NAMES[format] : 'of no known format'}; ${DECODED_FORMATS.map((name) => SOUND_FORMAT_NAMES[name]).join(', ')} are decoded. Convert it, for example: ffmpeg -i INPUT OUTPUT.wav`,
    );
  }
  const damaged = (cause?: unknown) =>
    new InvalidInputError(
      `The ${SOUND_FORMAT_NAMES[format]} file is damaged or has no sound. Copy or export it again.`,
      { cause },
    );
  const decoder = await load();
  try {
    await decoder.ready;
    const pieces: Piece[] = [];
    let frames = 0;
    const add = (piece: Piece) => {
      if (piece.samplesDecoded === 0) return;
      const [first] = pieces;
      if (
        first &&
        (first.sampleRate !== piece.sampleRate || first.channelData.length !== piece.channelData.length)
      ) {
        throw new InvalidInputError(
          'The sound changes its sample rate or its channels on the way. Export it again.',
        );
      }
      pieces.push(piece);
      frames += piece.samplesDecoded;
      if (frames > maxDuration * piece.sampleRate) {
        throw new InvalidInputError(
          `The sound lasts more than the limit of ${maxDuration} s. Cut it, or raise maxDuration.`,
        );
      }
    };
    for (let at = 0; at < bytes.length; at += BLOCK) {
      add(await decoder.decode(bytes.subarray(at, at + BLOCK)));
    }
    if (decoder.flush) add(await decoder.flush());
    if (frames === 0) throw damaged();
    return joined(pieces, frames);
  } catch (cause) {
    throw cause instanceof VisualEchoesError ? cause : damaged(cause);
  } finally {
    await free(decoder);
  }
}

/** A decoder that a damaged file has broken may fail to free its memory, which goes with it anyway. */
async function free(decoder: Decoder): Promise<void> {
  try {
    await decoder.free();
  } catch {
    // The error that matters was thrown before.
  }
}

function joined(pieces: readonly Piece[], frames: number): Waveform {
  const [{ sampleRate, channelData }] = pieces;
  const channels = channelData.map((_, c) => {
    const channel = new Float32Array(frames);
    let at = 0;
    for (const piece of pieces) {
      channel.set(piece.channelData[c].subarray(0, piece.samplesDecoded), at);
      at += piece.samplesDecoded;
    }
    const bad = channel.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0)
      throw new InvalidInputError(`Sample ${bad} of the sound is ${channel[bad]}. Export it again.`);
    return channel;
  });
  return { sampleRate, channels };
}
