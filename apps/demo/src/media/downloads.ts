import { writeWav } from '@visual-echoes/vq-audio';
import type { Picture, Waveform } from 'visual-echoes';
import { StudioError } from '../studio/studio-error.js';
import { breathe } from './breathe.js';
import { pictureToImageData } from './picture-to-image-data.js';

/** Milliseconds for which a file stays at hand: some browsers ask the visitor where it shall go before they read it. */
const KEPT = 60_000;
/** Samples of a channel that are written before the page may draw again. */
const PIECE = 2 ** 16;
/** Bytes of `writeWav`'s header. */
const HEADER = 44;

/**
 * Saves a sound as 16-bit WAV.
 * @param name with or without `.wav`
 * @throws StudioError `invalid-input` for a sound that no file holds.
 */
export async function downloadWav(sound: Waveform, name: string): Promise<void> {
  save(await toWav(sound), fileName(name, '.wav'));
}

/**
 * Saves a picture as PNG, in its own size.
 * @param name with or without `.png`
 */
export async function downloadPng(picture: Picture, name: string): Promise<void> {
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(pictureToImageData(picture), 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new StudioError('unexpected', 'The browser could not write the picture. Try again.');
  save(blob, fileName(name, '.png'));
}

/** Like `writeWav`, in pieces: a minute would hold the page up. */
async function toWav({ sampleRate, channels }: Waveform): Promise<Blob> {
  const frames = channels[0]?.length ?? 0;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (let at = 0; at < frames || at === 0; at += PIECE) {
      if (at > 0) await breathe();
      pieces.push(writeWav({ sampleRate, channels: channels.map((c) => c.subarray(at, at + PIECE)) }));
    }
  } catch (error) {
    throw new StudioError('invalid-input', `The sound cannot be saved: ${(error as Error).message}`);
  }
  const header = pieces[0].slice(0, HEADER);
  const size = frames * channels.length * 2;
  const view = new DataView(header.buffer);
  view.setUint32(4, size + HEADER - 8, true);
  view.setUint32(40, size, true);
  return new Blob([header, ...pieces.map((piece) => piece.subarray(HEADER))], { type: 'audio/wav' });
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link); // some browsers follow no link that is nowhere
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}

/** Without what some system allows in no name. */
function fileName(name: string, ending: string): string {
  const plain = name
    .replace(/[^\p{L}\p{N} ._()+-]+/gu, '-')
    .replace(/^[. -]+|[. ]+$/g, '')
    .slice(0, 100);
  return `${(plain.toLowerCase().endsWith(ending) ? plain.slice(0, -ending.length) : plain) || 'visual-echoes'}${ending}`;
}
