/** How a sound file is packed, as its first bytes say; `'ogg'` is Ogg with neither Vorbis nor Opus as its first stream. */
export type SoundFormat =
  | 'wav'
  | 'mp3'
  | 'ogg-vorbis'
  | 'ogg-opus'
  | 'ogg'
  | 'flac'
  | 'aac'
  | 'aiff'
  | 'mp4'
  | 'webm';

/** What people call each. */
export const SOUND_FORMAT_NAMES: Readonly<Record<SoundFormat, string>> = {
  wav: 'WAV',
  mp3: 'MP3',
  'ogg-vorbis': 'Ogg Vorbis',
  'ogg-opus': 'Ogg Opus',
  ogg: 'Ogg',
  flac: 'FLAC',
  aac: 'AAC',
  aiff: 'AIFF',
  mp4: 'MP4 or M4A',
  webm: 'WebM or Matroska',
};

/** Brands of ISO base media files that are pictures. */
const PICTURE_BRAND = /^(avi[fos]|hei[cfmsx]|hev[cmsx]|mif[12]|msf1|jpe[gf])/;

/**
 * Tells a sound's format by how the file begins, whatever its name; `undefined` where it is none that is known.
 * @param head the file, or its first 64 bytes and more.
 */
export function soundFormat(head: Uint8Array): SoundFormat | undefined {
  const text = (at: number, length: number) => String.fromCharCode(...head.subarray(at, at + length));
  switch (text(0, 4)) {
    case 'RIFF':
    case 'RF64':
      return text(8, 4) === 'WAVE' ? 'wav' : undefined;
    case 'FORM':
      return /^AIF[FC]$/.test(text(8, 4)) ? 'aiff' : undefined;
    case 'fLaC':
      return 'flac';
    case 'OggS':
      return oggFormat(text, head[26] ?? 0);
    case '\x1aE\xdf\xa3':
      return 'webm';
  }
  if (text(4, 4) === 'ftyp') return PICTURE_BRAND.test(text(8, 4)) ? undefined : 'mp4';
  if (text(0, 3) === 'ID3') {
    return soundFormat(head.subarray(id3Length(head))) ?? 'mp3';
  }
  if (head[0] === 0xff && (head[1] & 0xf6) === 0xf0) return 'aac'; // ADTS: layer 0
  return isMpegAudioHeader(head) ? 'mp3' : undefined;
}

/** By the first packet, which follows the table of `segments` lengths. */
function oggFormat(text: (at: number, length: number) => string, segments: number): SoundFormat {
  const packet = text(27 + segments, 8);
  if (packet.startsWith('\x01vorbis')) return 'ogg-vorbis';
  return packet === 'OpusHead' ? 'ogg-opus' : 'ogg';
}

/** Bytes of an ID3v2 tag; its length has seven bits a byte. */
const id3Length = (head: Uint8Array) =>
  10 + [6, 7, 8, 9].reduce((sum, at) => sum * 128 + ((head[at] ?? 0) & 0x7f), 0);

/** Whether a frame of MPEG audio, layer 2 or 3, may begin so: no field has a reserved value. */
function isMpegAudioHeader([first, second, third]: Uint8Array): boolean {
  return (
    first === 0xff &&
    (second & 0xe0) === 0xe0 &&
    (second & 0x18) !== 0x08 &&
    ((second & 0x06) === 0x02 || (second & 0x06) === 0x04) &&
    (third & 0xf0) !== 0xf0 &&
    (third & 0x0c) !== 0x0c
  );
}
