import { open } from 'node:fs/promises';
import { extname } from 'node:path';

/** What a file is, for us: a picture, a sound, or neither. */
export type MediaKind = 'picture' | 'sound' | 'other';

/** How files of each kind begin; `at` is an offset. */
const SIGNATURES: readonly { kind: MediaKind; at: number; bytes: string }[] = [
  { kind: 'picture', at: 0, bytes: '\x89PNG' },
  { kind: 'picture', at: 0, bytes: '\xff\xd8\xff' }, // JPEG
  { kind: 'picture', at: 0, bytes: 'GIF8' },
  { kind: 'picture', at: 0, bytes: 'BM' },
  { kind: 'picture', at: 0, bytes: 'II*\0' }, // TIFF
  { kind: 'picture', at: 0, bytes: 'MM\0*' },
  { kind: 'picture', at: 8, bytes: 'WEBP' },
  { kind: 'picture', at: 4, bytes: 'ftypavif' },
  { kind: 'picture', at: 4, bytes: 'ftyphei' },
  { kind: 'picture', at: 4, bytes: 'ftypmif1' },
  { kind: 'sound', at: 8, bytes: 'WAVE' },
  { kind: 'sound', at: 0, bytes: 'RF64' },
  { kind: 'sound', at: 0, bytes: 'RIFX' },
  { kind: 'sound', at: 0, bytes: 'OggS' },
  { kind: 'sound', at: 0, bytes: 'fLaC' },
  { kind: 'sound', at: 0, bytes: 'ID3' },
  { kind: 'sound', at: 0, bytes: '\xff\xfb' }, // MP3 without tags
  { kind: 'sound', at: 8, bytes: 'AIFF' },
  { kind: 'sound', at: 4, bytes: 'ftyp' }, // MP4 and M4A
];

const EXTENSIONS: Record<string, MediaKind> = Object.fromEntries([
  ...['.png', '.jpg', '.jpeg', '.gif', '.bmp', '.tif', '.tiff', '.webp', '.avif', '.heic', '.svg'].map(
    (extension) => [extension, 'picture'],
  ),
  ...['.wav', '.wave', '.mp3', '.ogg', '.oga', '.opus', '.flac', '.aif', '.aiff', '.m4a', '.aac'].map(
    (extension) => [extension, 'sound'],
  ),
]);

/** Tells a file's kind by how it begins, and by its extension only where that says nothing. */
export async function mediaKind(path: string): Promise<MediaKind> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    const known = SIGNATURES.find(({ at, bytes }) => head.startsWith(bytes, at));
    if (known) return known.kind;
    if (/^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg\b/s.test(head)) return 'picture';
    return EXTENSIONS[extname(path).toLowerCase()] ?? 'other';
  } finally {
    await file.close();
  }
}
