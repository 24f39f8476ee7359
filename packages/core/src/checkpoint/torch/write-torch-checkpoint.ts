import { CheckpointError } from '../../errors.js';
import { sizeOf } from '../../module/layout.js';
import { readValues, type StoredTensors } from '../checkpoint.js';
import { crc32 } from './crc32.js';

export interface WriteTorchCheckpointOptions {
  /** Puts the state dict under this key of a dict, as the authors' own programs expect it. */
  at?: string;
  /** Tensors of whole numbers, which PyTorch keeps as int64, such as a list of positions. */
  integers?: ReadonlySet<string>;
}

/** Data begin at multiples of this, so that PyTorch can map the file into memory. */
const ALIGNMENT = 64;
/** Without the longer records of zip64. */
const LARGEST = 0xffffffff;

interface File {
  name: string;
  bytes: Uint8Array;
}

/**
 * The pieces of a state dict, one tensor after another, as `torch.save` writes it (the zip form of PyTorch 1.6 and later),
 * for a writer that streams. `torch.load(path, weights_only=True)` reads it.
 * @throws CheckpointError where a tensor is incomplete or the file would pass 4 GiB.
 */
export async function* torchCheckpointChunks(
  tensors: StoredTensors,
  { at, integers = new Set() }: WriteTorchCheckpointOptions = {},
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  const directory: Uint8Array[] = [];
  for await (const file of filesOf(tensors, at, integers)) {
    const checksum = crc32(file.bytes);
    const header = localHeader(file, checksum, offset);
    directory.push(directoryEntry(file, checksum, offset));
    yield header;
    yield file.bytes;
    offset += header.length + file.bytes.length;
    if (offset > LARGEST) {
      throw new CheckpointError('The checkpoint passes 4 GiB; write it as safetensors.');
    }
  }
  yield* directory;
  const length = directory.reduce((sum, { length }) => sum + length, 0);
  yield endOfDirectory(directory.length, length, offset);
}

async function* filesOf(
  tensors: StoredTensors,
  at: string | undefined,
  integers: ReadonlySet<string>,
): AsyncGenerator<File> {
  yield { name: 'archive/data.pkl', bytes: pickled(tensors, at, integers) };
  yield { name: 'archive/byteorder', bytes: text('little') };
  let key = 0;
  for (const [name, tensor] of tensors) {
    const data = await readValues(name, tensor);
    const values = integers.has(name) ? BigInt64Array.from(data, (value) => BigInt(value)) : data;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    yield { name: `archive/data/${key++}`, bytes };
  }
  yield { name: 'archive/version', bytes: text('3\n') };
}

/** The pickle (protocol 2) of an `OrderedDict` of tensors, each a view of the whole of a storage of its own. */
function pickled(tensors: StoredTensors, at: string | undefined, integers: ReadonlySet<string>): Uint8Array {
  const out: number[] = [0x80, 2];
  const byte = (letter: string) => out.push(letter.charCodeAt(0));
  const uint32 = (value: number) =>
    out.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
  const string = (value: string) => {
    const bytes = text(value);
    byte('X');
    uint32(bytes.length);
    for (const b of bytes) out.push(b);
  };
  const integer = (value: number) => {
    byte('J');
    uint32(value);
  };
  const global = (module: string, name: string) => out.push(...text(`c${module}\n${name}\n`));
  const tuple = (values: readonly number[]) => {
    byte('(');
    values.forEach(integer);
    byte('t');
  };
  const emptyDict = () => {
    global('collections', 'OrderedDict');
    byte(')');
    byte('R');
  };

  if (at !== undefined) {
    byte('}');
    string(at);
  }
  emptyDict();
  byte('(');
  [...tensors].forEach(([name, { shape }], key) => {
    string(name);
    global('torch._utils', '_rebuild_tensor_v2');
    byte('(');
    byte('(');
    string('storage');
    global('torch', integers.has(name) ? 'LongStorage' : 'FloatStorage');
    string(String(key));
    string('cpu');
    integer(sizeOf(shape));
    byte('t');
    byte('Q');
    integer(0);
    tuple(shape);
    tuple(shape.map((_, axis) => sizeOf(shape.slice(axis + 1))));
    out.push(0x89); // it asks for no gradient
    emptyDict(); // of backward hooks
    byte('t');
    byte('R');
  });
  byte('u');
  if (at !== undefined) byte('s');
  byte('.');
  return Uint8Array.from(out);
}

const text = (value: string) => new TextEncoder().encode(value);

/** The record before a file's bytes, with as much padding as aligns them. */
function localHeader({ name, bytes }: File, checksum: number, offset: number): Uint8Array {
  const unpadded = offset + 30 + name.length + 4;
  const padding = (ALIGNMENT - (unpadded % ALIGNMENT)) % ALIGNMENT;
  const header = new Uint8Array(30 + name.length + 4 + padding);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x04034b50, true);
  describe(view, 4, checksum, bytes.length, name.length);
  view.setUint16(28, 4 + padding, true);
  header.set(text(name), 30);
  view.setUint16(30 + name.length, 0x4246, true); // 'FB', as PyTorch marks its padding
  view.setUint16(32 + name.length, padding, true);
  return header;
}

function directoryEntry({ name, bytes }: File, checksum: number, offset: number): Uint8Array {
  const entry = new Uint8Array(46 + name.length);
  const view = new DataView(entry.buffer);
  view.setUint32(0, 0x02014b50, true);
  describe(view, 6, checksum, bytes.length, name.length);
  view.setUint32(42, offset, true);
  entry.set(text(name), 46);
  return entry;
}

/** What the local header and the directory say alike: stored, on 1 January 1980. */
function describe(view: DataView, at: number, checksum: number, size: number, nameLength: number): void {
  view.setUint16(at, 10, true); // the version that is needed
  view.setUint16(at + 8, 0x21, true);
  view.setUint32(at + 10, checksum, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, nameLength, true);
}

function endOfDirectory(count: number, length: number, offset: number): Uint8Array {
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, length, true);
  view.setUint32(16, offset, true);
  return end;
}
