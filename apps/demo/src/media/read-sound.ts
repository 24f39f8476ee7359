import { SOUND_FORMAT_NAMES, soundFormat } from '@visual-echoes/vq-audio/decode';
import type { Waveform } from 'visual-echoes';
import { StudioError } from '../studio/studio-error.js';
import { checkSound } from './check-sound.js';
import { decodeInWorker } from './decode-in-worker.js';
import { soundDuration } from './sound-duration.js';

const MOST_SECONDS = 60;
const MOST_BYTES = 50e6;
/** Bytes of a file of unknown length that are decoded: a file may hold a hundred times as much as it seems. */
const MOST_UNKNOWN_BYTES = 2e6;
/** Of full scale: −80 dB, what the model's own preprocessing takes for silence. */
const SILENCE = 1e-4;
/** The rate to which a sound is decoded whose own the browser does not tell, Hz. */
const COMMON_RATE = 48_000;

/**
 * A sound file as people bring it, of any format that the browser or our own decoders know, also a film's sound.
 *
 * @throws StudioError `invalid-input` for what is no sound, empty, silent, damaged, longer than 60 s or larger than 50 MB.
 */
export async function readSound(file: Blob): Promise<Waveform> {
  if (file.size === 0) throw refused('The file is empty (0 bytes). Choose another sound, or save it again.');
  if (file.size > MOST_BYTES) {
    throw refused(`The file has ${Math.round(file.size / 1e6)} MB; 50 are taken. Cut it, or save it as MP3.`);
  }
  const bytes = await file.arrayBuffer().catch(() => {
    throw refused('The file cannot be read. It may have been moved or changed: choose it again.');
  });
  const sound = (await decodeByBrowser(file, bytes)) ?? (await decodeByOurselves(bytes));
  await checkSound(sound, SILENCE, 'Choose another one.');
  return sound;
}

/** Undefined where the browser cannot. */
async function decodeByBrowser(file: Blob, bytes: ArrayBuffer): Promise<Waveform | undefined> {
  const duration = await soundDuration(file);
  if (duration !== undefined && duration > MOST_SECONDS + 0.5) throw tooLong(duration); // half a second is padding
  if (duration === undefined && file.size > MOST_UNKNOWN_BYTES) return undefined;
  try {
    const context = new OfflineAudioContext(1, 1, wavRate(bytes) ?? COMMON_RATE);
    // It takes the bytes away, and another decoder may need them.
    const buffer = await context.decodeAudioData(bytes.slice());
    if (buffer.duration > MOST_SECONDS + 0.5) throw tooLong(buffer.duration);
    const channels = Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c));
    return { sampleRate: buffer.sampleRate, channels };
  } catch (error) {
    if (error instanceof StudioError) throw error;
    return undefined;
  }
}

async function decodeByOurselves(bytes: ArrayBuffer): Promise<Waveform> {
  const format = soundFormat(new Uint8Array(bytes));
  if (!format)
    throw refused('This is no sound that can be read here. Choose a WAV, MP3, Ogg, FLAC or M4A file.');
  try {
    return await decodeInWorker(bytes, MOST_SECONDS);
  } catch (error) {
    if (/limit of/.test((error as Error).message)) throw tooLong();
    throw refused(
      `The ${SOUND_FORMAT_NAMES[format]} file holds no sound that can be read here, or it is damaged. Save it as WAV or MP3, and choose that.`,
    );
  }
}

/** A WAV file's rate where a browser decodes to it, so that its samples stay as they are. */
function wavRate(bytes: ArrayBuffer): number | undefined {
  if (bytes.byteLength < 28 || soundFormat(new Uint8Array(bytes, 0, 28)) !== 'wav') return undefined;
  const rate = new DataView(bytes).getUint32(24, true);
  return rate >= 8000 && rate <= 96_000 ? rate : undefined;
}

const tooLong = (seconds?: number) =>
  refused(
    `The sound lasts ${seconds ? `${Math.round(seconds)} s` : 'longer'}; ${MOST_SECONDS} s are taken. Cut out what you want to use.`,
  );

const refused = (message: string) => new StudioError('invalid-input', message);
