import { InvalidInputError } from '@visual-echoes/core';
import { readWav, type Waveform } from '@visual-echoes/vq-audio';
import { SOUND_FORMAT_NAMES, type SoundFormat } from '@visual-echoes/vq-audio/decode';
import { lastMessage, runFfmpeg } from './run-ffmpeg.js';

/** ffmpeg's own names. Only what a file's content says is tried: a playlist that names other files is none of these. */
const DEMUXERS: Record<SoundFormat, string> = {
  wav: 'wav',
  mp3: 'mp3',
  'ogg-vorbis': 'ogg',
  'ogg-opus': 'ogg',
  ogg: 'ogg',
  flac: 'flac',
  aac: 'aac',
  aiff: 'aiff',
  mp4: 'mov',
  webm: 'matroska',
};

/** Bytes of decoded sound; ten minutes of 96 kHz stereo are 460 MB. */
const MOST_BYTES = 512e6;

/**
 * Decodes the first sound track of a file by ffmpeg; `undefined` where that is not installed. A file that is cut off
 * gives what is there.
 *
 * @param options.maxDuration seconds; longer sounds are refused
 * @param options.timeout seconds, after which ffmpeg is ended
 * @throws InvalidInputError for a file without sound, damaged, too long; it does not name the file.
 */
export async function decodeWithFfmpeg(
  path: string,
  format: SoundFormat,
  { maxDuration = 600, timeout = 60 }: { maxDuration?: number; timeout?: number } = {},
): Promise<Waveform | undefined> {
  const name = SOUND_FORMAT_NAMES[format];
  const outcome = await runFfmpeg(
    [
      ...['-v', 'error', '-nostdin', '-protocol_whitelist', 'file', '-f', DEMUXERS[format]],
      ...['-i', `file:${path}`, '-map', '0:a:0', '-t', String(maxDuration + 1)],
      ...['-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1'],
    ],
    { timeout, mostBytes: [MOST_BYTES] },
  );
  if (outcome === undefined) return undefined;
  const { messages, end } = outcome;
  const [bytes] = outcome.outputs;
  if (end === 'too long') {
    throw new InvalidInputError(`it took ffmpeg longer than ${timeout} s. Cut out the part that is needed.`);
  }
  if (end === 'too much') {
    throw new InvalidInputError(
      `its sound takes more than ${MOST_BYTES / 1e6} MB when it is decoded. Cut out the part that is needed.`,
    );
  }
  if (/matches no streams|not contain any stream/.test(messages)) {
    throw new InvalidInputError(`the ${name} file has no sound track. Choose one with sound.`);
  }
  if (end !== 'done' || bytes.length === 0) {
    throw new InvalidInputError(
      `the ${name} file is damaged or cannot be decoded (ffmpeg: ${lastMessage(messages, path) || 'no sound came out'}). Copy or export it again.`,
    );
  }
  // ffmpeg stops a second after the limit.
  const sound = readWav(bytes, { maxDuration: maxDuration + 2 });
  if (sound.channels[0].length > maxDuration * sound.sampleRate) {
    throw new InvalidInputError(
      `the sound lasts more than the limit of ${maxDuration} s. Cut out the part that is needed.`,
    );
  }
  return sound;
}
