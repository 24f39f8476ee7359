/**
 * Whether a PNG, JPEG or WebP file ends before its picture does: browsers show the part that is there. False for other
 * formats.
 */
export function isCutOff(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begins = (text: string, at = 0) => [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0));
  if (begins('\x89PNG\r\n\x1a\n')) return !reachesEnd(view);
  if (begins('RIFF') && begins('WEBP', 8))
    return bytes.length < 16 || view.getUint32(4, true) + 8 > bytes.length;
  if (begins('\xff\xd8\xff')) return !hasEndOfImage(bytes, view);
  return false;
}

/** A PNG's chunks, each of a length, four letters, the content and a checksum, lead to IEND. */
function reachesEnd(view: DataView): boolean {
  let at = 8;
  while (at + 12 <= view.byteLength) {
    if (view.getUint32(at + 4) === 0x49454e44) return true;
    at += view.getUint32(at) + 12;
  }
  return false;
}

/** A JPEG's segments, each of a marker and a length, lead to its scan; there 0xffd9 is nothing but the end. */
function hasEndOfImage(bytes: Uint8Array, view: DataView): boolean {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    if (marker === 0xda) break;
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  for (let end = bytes.length - 2; end > at; end--) {
    if (bytes[end] === 0xff && bytes[end + 1] === 0xd9) return true;
  }
  return false;
}
