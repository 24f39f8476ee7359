import { open, readFile } from 'node:fs/promises';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { readWav, type Waveform } from '@visual-echoes/vq-audio';
import { DECODED_FORMATS, SOUND_FORMAT_NAMES, soundFormat } from '@visual-echoes/vq-audio/decode';
import { decodeSoundInThread } from '@visual-echoes/vq-audio/node';
import { decodeWithFfmpeg } from './ffmpeg.js';
import { FFMPEG_REMEDY } from './run-ffmpeg.js';

/** Bytes; ten minutes of 96 kHz stereo at 32 bits are 460 MB. */
const LARGEST_FILE = 512e6;

/** Seconds. */
const LONGEST = 600;

/** Bytes in which a file says what it is; an ID3 tag with a picture may be longer, and is taken for MP3. */
const HEAD = 65_536;

/**
 * Reads a sound or the sound track of a video, told by its content: WAV by ourselves, all else by ffmpeg where it is
 * installed, and else what a library decodes (MP3, Ogg Vorbis, Ogg Opus, FLAC).
 * @throws FileAccessError, InvalidInputError; both name the file.
 */
export async function readSound(path: string): Promise<Waveform> {
  try {
    const { head, size } = await beginning(path);
    if (size === 0) throw new InvalidInputError('the file is empty (0 bytes). Record or copy it again.');
    const format = soundFormat(head);
    if (format === 'wav' || head.toString('latin1', 0, 4) === 'RIFX') {
      return readWav(await whole(path, size), { maxDuration: LONGEST });
    }
    if (!format) {
      throw new InvalidInputError(
        `its content is no sound that is read here (${Object.values(SOUND_FORMAT_NAMES).join(', ')}). Export it as one of them.`,
      );
    }
    const decoded = await decodeWithFfmpeg(path, format, { maxDuration: LONGEST });
    if (decoded) return decoded;
    if (DECODED_FORMATS.includes(format)) {
      return await decodeSoundInThread(await whole(path, size), { maxDuration: LONGEST });
    }
    throw new InvalidInputError(
      `${SOUND_FORMAT_NAMES[format]} is decoded by ffmpeg, which was not found. Install it (${FFMPEG_REMEDY}), or name it in the variable VISUAL_ECHOES_FFMPEG.`,
    );
  } catch (cause) {
    if (cause instanceof InvalidInputError)
      throw new InvalidInputError(`${path}: ${cause.message}`, { cause });
    throw fileAccessError('read', path, cause);
  }
}

async function beginning(path: string): Promise<{ head: Buffer; size: number }> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return { head: buffer.subarray(0, bytesRead), size: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

async function whole(path: string, size: number): Promise<Uint8Array> {
  if (size > LARGEST_FILE) {
    throw new InvalidInputError(
      `the file has ${Math.round(size / 1e6)} MB, over the limit of ${LARGEST_FILE / 1e6} MB. Cut out the part that is needed.`,
    );
  }
  return readFile(path);
}
