import { CheckpointError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { readWhole } from '../read-whole.js';

/** A file inside an archive, as it lies there. */
export interface ZipEntry {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** The files of a zip archive whose entries are stored as they are, which is how PyTorch writes checkpoints. */
export interface ZipArchive {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** The offset of an entry's bytes in the archive. */
  locate(entry: ZipEntry): Promise<number>;
}

const END_OF_DIRECTORY = 0x06054b50;
const END_OF_DIRECTORY_64 = 0x06064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
/** A checkpoint has a few thousand entries of a hundred bytes. */
const LONGEST_DIRECTORY = 64_000_000;

const malformed = (why: string): never => {
  throw new CheckpointError(`Not a sound zip archive: ${why}. Download or write the file again.`);
};

/**
 * Reads the directory of a zip archive (also zip64) and nothing else.
 * @throws CheckpointError where it is malformed, an entry is compressed or encrypted, or a name leads out of the archive.
 */
export async function openZipArchive(source: ByteSource): Promise<ZipArchive> {
  const { offset, length, count } = await findDirectory(source);
  if (length > LONGEST_DIRECTORY || offset + length > source.size) {
    malformed(`its directory claims bytes ${offset} to ${offset + length} of ${source.size}`);
  }
  const view = viewOf(await readWhole(source, offset, length));
  const entries = new Map<string, ZipEntry & { header: number }>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > length || view.getUint32(at, true) !== DIRECTORY_ENTRY)
      malformed(`entry ${i} of its directory is missing`);
    const end = at + 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true);
    const next = end + view.getUint16(at + 32, true);
    if (next > length) malformed(`entry ${i} of its directory is cut off`);
    const entry = readEntry(view, at, end);
    if (entries.has(entry.name)) malformed(`two of its entries are named ${quoted(entry.name)}`);
    if (entry.header + 30 + entry.size > source.size) {
      malformed(`${quoted(entry.name)} claims ${entry.size} bytes, more than the file holds`);
    }
    entries.set(entry.name, entry);
    at = next;
  }
  return { entries, locate: (entry) => locate(source, entries.get(entry.name)!) };
}

/** Where the directory lies: the last record of the file says it, in zip64 the one before. */
async function findDirectory(source: ByteSource) {
  const tailLength = Math.min(source.size, 65_557); // the record, and a comment of 65,535 bytes
  const tail = await readWhole(source, source.size - tailLength, tailLength);
  const view = viewOf(tail);
  let at = tail.length - 22;
  while (at >= 0 && view.getUint32(at, true) !== END_OF_DIRECTORY) at--;
  if (at < 0) malformed('its end is missing');
  const short = {
    count: view.getUint16(at + 10, true),
    length: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  if (short.count !== 0xffff && short.length !== 0xffffffff && short.offset !== 0xffffffff) return short;
  const before = at - 76; // the record of 56 bytes, and its locator of 20
  if (before < 0 || view.getUint32(before, true) !== END_OF_DIRECTORY_64)
    malformed('its zip64 end is missing');
  return {
    count: count64(view, before + 32),
    length: count64(view, before + 40),
    offset: count64(view, before + 48),
  };
}

function readEntry(view: DataView, at: number, end: number): ZipEntry & { header: number } {
  const nameLength = view.getUint16(at + 28, true);
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength));
  if (/(^|[\\/])\.\.([\\/]|$)|^[\\/]|\\|\0/.test(name)) malformed(`the name ${quoted(name)} leads out of it`);
  if (view.getUint16(at + 8, true) & 1) malformed(`${quoted(name)} is encrypted`);
  if (view.getUint16(at + 10, true) !== 0) {
    malformed(`${quoted(name)} is compressed, and PyTorch stores its files as they are`);
  }
  let size = view.getUint32(at + 24, true);
  let header = view.getUint32(at + 42, true);
  // Zip64: what did not fit above stands in an extra field, in this order.
  for (let extra = at + 46 + nameLength; extra + 4 <= end; ) {
    const [id, length] = [view.getUint16(extra, true), view.getUint16(extra + 2, true)];
    if (extra + 4 + length > end) malformed(`an extra field of ${quoted(name)} is cut off`);
    if (id === 1) {
      let value = extra + 4;
      const last = extra + 4 + length;
      const next = () => {
        if (value + 8 > last) malformed(`the zip64 field of ${quoted(name)} is cut off`);
        value += 8;
        return count64(view, value - 8);
      };
      if (size === 0xffffffff) size = next();
      if (view.getUint32(at + 20, true) === 0xffffffff) next();
      if (header === 0xffffffff) header = next();
    }
    extra += 4 + length;
  }
  return { name, size, header };
}

/** The local header repeats the name, with extra fields of its own length. */
async function locate(source: ByteSource, entry: ZipEntry & { header: number }): Promise<number> {
  const view = viewOf(await readWhole(source, entry.header, 30));
  if (view.getUint32(0, true) !== LOCAL_HEADER) malformed(`${quoted(entry.name)} is not where it should be`);
  const offset = entry.header + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (offset + entry.size > source.size) malformed(`${quoted(entry.name)} ends beyond the file`);
  return offset;
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);

function count64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : malformed(`it claims a size of ${value}`);
}

const quoted = (name: string) => JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
