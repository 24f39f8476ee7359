import { open } from 'node:fs/promises';
import { ConfigurationError, InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { readWav, type Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import { parsePpms } from './parse-ppm.js';
import { FFMPEG_REMEDY, type FfmpegOutcome, lastMessage, runFfmpeg } from './run-ffmpeg.js';

/** ffmpeg's own names of the files that hold a video; a playlist or a script that names other files is none of these. */
const DEMUXERS = 'mov,mp4,m4a,matroska,webm,avi,mpeg,mpegts,flv,asf,ogg,nut,mxf';

/** Larger frames are made smaller while they are decoded: full HD. */
const MOST_PIXELS = 1920 * 1080;

/** Larger ones are not decoded at all: 8K. */
const MOST_DECODED_PIXELS = 7680 * 4320;

/** Bytes of a second of sound: eight channels of 32 bits at 96 kHz. */
const MOST_SOUND_RATE = 8 * 4 * 96_000;

/** Options of `readVideo`. */
export interface ReadVideoOptions {
  /** How many frames. */
  frames: number;
  /** Seconds from the start that are the clip. */
  duration: number;
  /** Seconds, after which ffmpeg is ended. */
  timeout?: number;
  signal?: AbortSignal | undefined;
}

/** Frames of a video and its sound. */
export interface Video {
  frames: Picture[];
  /** From the start of the clip; where the video has less, less. */
  sound: Waveform;
  /** Seconds: what was asked for, or the video's own where that is less. */
  length: number;
}

/**
 * Frames evenly from a clip, and its sound, by one run of ffmpeg that decodes each once. The clip is the first `duration`
 * seconds, or the whole where the file says that it is shorter (to a hundredth of a second). Of its N equal parts, frame
 * i is what is shown in the middle of part i, at (i + ½) / N of the clip: the last frame whose time is not after it. Where
 * the pictures end sooner than the clip, the last one stays for one part more, and no further. Pixels become square,
 * pictures of more than full HD smaller.
 *
 * @throws InvalidInputError that names the file: damaged, cut off, without pictures or sound, too large; FileAccessError;
 * ConfigurationError where there is no ffmpeg; CancelledError.
 */
export async function readVideo(path: string, options: ReadVideoOptions): Promise<Video> {
  const { frames: count, duration, timeout = 60 } = options;
  await checkFile(path);
  let length = duration;
  let outcome = await decode(path, length, options);
  const stated = statedLength(outcome.messages);
  if (outcome.end === 'stopped' && stated !== undefined) {
    length = stated;
    outcome = await decode(path, length, options);
  }
  const fail = (why: string): never => {
    throw new InvalidInputError(`${path} ${why}`);
  };
  const { end } = outcome;
  const errors = errorsOf(outcome.messages);
  if (end === 'too long') fail(`took ffmpeg longer than ${timeout} s. Make it smaller.`);
  if (end === 'too much') fail('gives more pixels or sound than a clip may have. Make it smaller.');
  const missing = /Stream map '0:(V|a):0' matches no streams/.exec(errors);
  if (missing) fail(`has no ${missing[1] === 'V' ? 'pictures' : 'sound track'}. Choose a video with both.`);
  const [pictures, wav] = outcome.outputs;
  if (end !== 'done' || pictures.length === 0 || wav.length === 0) {
    const why = lastMessage(errors, path) || 'nothing came out';
    fail(`is no video, damaged or cannot be decoded (ffmpeg: ${why}). Copy or download it again.`);
  }
  const frames = parsePpms(pictures);
  if (frames.length < count) {
    const last = ((frames.length - 0.5) * length) / count;
    fail(
      `is cut off: of its ${length} s it shows ${frames.length} of ${count} frames, to ${last.toFixed(2)} s. Download it again.`,
    );
  }
  try {
    return { frames, sound: readWav(wav, { maxDuration: length + 1 }), length };
  } catch (cause) {
    if (!(cause instanceof InvalidInputError)) throw cause;
    throw new InvalidInputError(`${path}: ${cause.message}`, { cause });
  }
}

/** What ffmpeg would say of it is about its insides. */
async function checkFile(path: string): Promise<void> {
  const file = await open(path).catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new InvalidInputError(`${path} is no file. Name a video.`);
    if (found.size === 0) throw new InvalidInputError(`${path} is empty (0 bytes). Download it again.`);
  } finally {
    await file.close();
  }
}

async function decode(
  path: string,
  length: number,
  { frames, duration, timeout = 60, signal }: ReadVideoOptions,
): Promise<FfmpegOutcome> {
  const args = [
    // One thread: several clips are decoded at once.
    ...['-v', 'level+info', '-hide_banner', '-nostats', '-nostdin', '-threads', '1', '-filter_threads', '1'],
    ...['-protocol_whitelist', 'file', '-format_whitelist', DEMUXERS],
    ...['-max_pixels', String(MOST_DECODED_PIXELS), '-t', String(length), '-i', `file:${path}`],
    ...['-map', '0:V:0', '-vf', filters(frames, length), '-frames:v', String(frames)],
    ...['-c:v', 'ppm', '-pix_fmt', 'rgb24', '-f', 'image2pipe', 'pipe:1'],
    ...['-map', '0:a:0', '-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:3'],
  ];
  const outcome = await runFfmpeg(args, {
    timeout,
    signal,
    mostBytes: [frames * (MOST_PIXELS * 3 + 64), (length + 1) * MOST_SOUND_RATE],
    // The middles of the parts are other ones where the clip is shorter.
    onMessages: (messages) => length === duration && (statedLength(messages) ?? length) < length,
  });
  if (outcome) return outcome;
  throw new ConfigurationError(
    `Videos are decoded by ffmpeg, which was not found. Install it (${FFMPEG_REMEDY}), or name it in the variable VISUAL_ECHOES_FFMPEG.`,
  );
}

/** Takes the frames first, so that only they are brought to another size and to red, green and blue. */
function filters(frames: number, length: number): string {
  const [hundredths, width] = [Math.round(100 * length), 'iw*sar'];
  const shrink = `min(1,sqrt(${MOST_PIXELS}/(${width}*ih)))`;
  return [
    // Before the choice, which else leaves out the last frame in some versions of ffmpeg.
    `tpad=stop_mode=clone:stop_duration=${length / frames}`,
    `fps=fps=${100 * frames}/${hundredths}:start_time=${length / frames / 2}:round=up`,
    'setpts=PTS-STARTPTS', // else the first frame would be given again for the time before it
    `scale=w='max(1,trunc(${width}*${shrink}))':h='max(1,trunc(ih*${shrink}))':flags=bicubic+accurate_rnd+full_chroma_int`,
    'setsar=1',
  ].join(',');
}

/** How long the file says that it is, seconds; `undefined` where it does not, or not yet. */
function statedLength(messages: string): number | undefined {
  const match = /^(?:\[[^\]]*\] )*\s*Duration: (\d+):(\d\d):(\d\d\.\d\d), /m.exec(messages);
  const length = match ? Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]) : 0;
  return length > 0 ? length : undefined;
}

/** Of what ffmpeg said, what went wrong. */
function errorsOf(messages: string): string {
  const lines = messages.split('\n').filter((line) => /\[(error|fatal|panic)\]/.test(line));
  return lines.map((line) => line.replace(/^(\[[^\]]*\] )*/, '')).join('\n');
}
