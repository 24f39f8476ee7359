import { spawn } from 'node:child_process';
import { InvalidInputError } from '@visual-echoes/core';
import { readWav, type Waveform } from '@visual-echoes/vq-audio';
import { SOUND_FORMAT_NAMES, type SoundFormat } from '@visual-echoes/vq-audio/decode';

/** How ffmpeg is installed on this kind of machine. */
export const FFMPEG_REMEDY =
  {
    darwin: 'brew install ffmpeg',
    win32: 'winget install ffmpeg',
    linux: 'sudo apt-get install ffmpeg',
  }[process.platform as string] ?? 'ffmpeg.org/download.html';

/** The program, which the variable `VISUAL_ECHOES_FFMPEG` may name. */
export const ffmpegProgram = (): string => process.env['VISUAL_ECHOES_FFMPEG'] || 'ffmpeg';

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

/** How much of what ffmpeg says is kept. */
const MOST_MESSAGES = 4096;

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
  const outcome = await run(
    [
      ...['-v', 'error', '-nostdin', '-protocol_whitelist', 'file', '-f', DEMUXERS[format]],
      ...['-i', `file:${path}`, '-map', '0:a:0', '-t', String(maxDuration + 1)],
      ...['-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1'],
    ],
    timeout,
  );
  if (outcome === undefined) return undefined;
  const { bytes, messages, end } = outcome;
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
      `the ${name} file is damaged or cannot be decoded (ffmpeg: ${lastLine(messages, path)}). Copy or export it again.`,
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

interface Outcome {
  bytes: Uint8Array;
  messages: string;
  end: 'done' | 'failed' | 'too long' | 'too much';
}

/** Runs ffmpeg to its end; `undefined` where it cannot be started. */
function run(args: readonly string[], timeout: number): Promise<Outcome | undefined> {
  return new Promise((resolve) => {
    const child = spawn(ffmpegProgram(), args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const chunks: Buffer[] = [];
    let length = 0;
    let messages = '';
    let stopped: 'too long' | 'too much' | undefined;
    const stop = (why: 'too long' | 'too much') => {
      stopped = why;
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(() => stop('too long'), timeout * 1000);
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MOST_BYTES) stop('too much');
      else chunks.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      messages = (messages + text).slice(-MOST_MESSAGES);
    });
    child.on('error', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ bytes: Buffer.concat(chunks), messages, end: stopped ?? (code === 0 ? 'done' : 'failed') });
    });
  });
}

/** The last that ffmpeg said, without the path, which the caller names, and without what a terminal would obey. */
function lastLine(messages: string, path: string): string {
  const line = messages.trim().split('\n').at(-1) ?? '';
  const plain = line.replaceAll(`file:${path}: `, '').replace(/\p{Cc}/gu, '');
  return plain.slice(0, 200) || 'no sound came out';
}
