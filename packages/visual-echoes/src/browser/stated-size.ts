/** What the first bytes of a picture file say of its size. */
export interface StatedSize {
  width: number;
  height: number;
}

/**
 * Reads the size that a PNG, JPEG, GIF or WebP file states, before anything is decoded: a small file may state so many
 * pixels that they fill the memory. Undefined for other formats, and where the bytes end before it.
 *
 * @param start the first bytes of the file; those of a JPEG come after its previews, which may take 64 KB each.
 */
export function statedSize(start: Uint8Array): StatedSize | undefined {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const has = (text: string, at = 0) =>
    text.length + at <= start.length && [...text].every((c, i) => start[at + i] === c.charCodeAt(0));
  try {
    if (has('\x89PNG')) return { width: view.getUint32(16), height: view.getUint32(20) };
    if (has('GIF8')) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (has('RIFF') && has('WEBP', 8)) return ofWebp(view, (text) => has(text, 12));
    if (has('\xff\xd8')) return ofJpeg(view);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the bytes end
  }
  return undefined;
}

/** By the container's specification (developers.google.com/speed/webp/docs/riff_container). */
function ofWebp(view: DataView, isA: (chunk: string) => boolean): StatedSize | undefined {
  const uint24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (isA('VP8X')) return { width: 1 + uint24(24), height: 1 + uint24(27) };
  if (isA('VP8L')) {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** From segment to segment, until a start of frame (ITU-T T.81, B.2.2). */
function ofJpeg(view: DataView): StatedSize {
  for (let at = 2; ; ) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
}
