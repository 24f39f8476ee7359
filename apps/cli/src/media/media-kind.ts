import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { soundFormat } from '@visual-echoes/vq-audio/decode';

/** What a file is, for us: a picture, a sound (a video is one, by its sound track), or neither. */
export type MediaKind = 'picture' | 'sound' | 'other';

/** How pictures begin; `at` is an offset. */
const PICTURES: readonly { at: number; bytes: string }[] = [
  { at: 0, bytes: '\x89PNG' },
  { at: 0, bytes: '\xff\xd8\xff' }, // JPEG
  { at: 0, bytes: 'GIF8' },
  { at: 0, bytes: 'BM' },
  { at: 0, bytes: 'II*\0' }, // TIFF
  { at: 0, bytes: 'MM\0*' },
  { at: 8, bytes: 'WEBP' },
  { at: 4, bytes: 'ftypavif' },
  { at: 4, bytes: 'ftyphei' },
  { at: 4, bytes: 'ftypmif1' },
];

const EXTENSIONS: Record<string, MediaKind> = Object.fromEntries([
  ...['.png', '.jpg', '.jpeg', '.gif', '.bmp', '.tif', '.tiff', '.webp', '.avif', '.heic', '.svg'].map(
    (extension) => [extension, 'picture'],
  ),
  ...['.wav', '.wave', '.mp3', '.ogg', '.oga', '.opus', '.flac', '.aif', '.aiff', '.m4a', '.aac'].map(
    (extension) => [extension, 'sound'],
  ),
  // Of videos, the sound track.
  ...['.mp4', '.m4v', '.mov', '.webm', '.mkv', '.mka'].map((extension) => [extension, 'sound']),
]);

/** Tells a file's kind by how it begins, and by its extension only where that says nothing. */
export async function mediaKind(path: string): Promise<MediaKind> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    if (PICTURES.some(({ at, bytes }) => head.startsWith(bytes, at))) return 'picture';
    if (soundFormat(buffer.subarray(0, bytesRead)) || head.startsWith('RIFX')) return 'sound';
    if (/^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg\b/s.test(head)) return 'picture';
    return EXTENSIONS[extname(path).toLowerCase()] ?? 'other';
  } finally {
    await file.close();
  }
}
