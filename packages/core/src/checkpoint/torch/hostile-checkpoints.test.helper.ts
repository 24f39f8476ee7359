import { joined } from '../../testing.test.helper.js';
import { crc32 } from './crc32.js';

type Part = string | number | Uint8Array;

/** Bytes of opcodes, texts and byte values one after another. */
const bytes = (...parts: Part[]): Uint8Array =>
  joined(
    parts.map((part) =>
      typeof part === 'number'
        ? Uint8Array.of(part)
        : typeof part === 'string'
          ? new TextEncoder().encode(part)
          : part,
    ),
  );
const uint16 = (value: number) => new Uint8Array(Uint16Array.of(value).buffer);
const uint32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
const int64 = (value: bigint) => new Uint8Array(BigInt64Array.of(value).buffer);
const repeated = (part: string, count: number) => new TextEncoder().encode(part.repeat(count));
const byteLength = (value: string) => new TextEncoder().encode(value).length;
const text = (value: string) => bytes('X', uint32(byteLength(value)), value);
const integer = (value: number) => bytes('J', uint32(value));
const pickle = (...parts: Part[]) => bytes(0x80, 2, ...parts, '.');

interface ZipFile {
  name: string;
  data: Uint8Array;
  method?: number;
  /** What the directory claims. */
  size?: number;
  flags?: number;
  zip64?: { size: bigint; offset: bigint };
}

/** A zip archive with whatever its directory is told to claim. */
function zip(files: ZipFile[], end: { count?: number; length?: number; offset?: number } = {}): Uint8Array {
  const out: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, data, method = 0, size = data.length, flags = 0, zip64 } of files) {
    const extra = zip64 ? bytes(1, 0, 16, 0, int64(zip64.size), int64(zip64.offset)) : new Uint8Array(0);
    const common = bytes(
      ...[uint16(10), uint16(flags), uint16(method), uint32(0), uint32(crc32(data)), uint32(data.length)],
      ...[uint32(zip64 ? 0xffffffff : size), uint16(byteLength(name))],
    );
    const rest = bytes(new Uint8Array(10), uint32(zip64 ? 0xffffffff : offset));
    const entry = bytes('PK\x01\x02', uint16(10), common, uint16(extra.length), rest);
    directory.push(bytes(entry, name, extra));
    const local = bytes('PK\x03\x04', common, uint16(0), name, data);
    out.push(local);
    offset += local.length;
  }
  const all = bytes(...directory);
  const count = uint16(end.count ?? files.length);
  const place = bytes(uint32(end.length ?? all.length), uint32(end.offset ?? offset));
  const record = bytes('PK\x05\x06', uint32(0), count, count, place, uint16(0));
  return bytes(...out, all, record);
}

/** The zip of a checkpoint whose pickle is given. */
const checkpoint = (data: Uint8Array, more: ZipFile[] = []) => zip([{ name: 'a/data.pkl', data }, ...more]);
const storageFile = (length: number): ZipFile => ({ name: 'a/data/0', data: new Uint8Array(length) });

/** The pickle of `{'weight': tensor}`, with what it says of storage and tensor. */
function tensor({
  type = 'FloatStorage',
  key = '0',
  storage = 4,
  offset = integer(0),
  shape = [integer(4)],
  strides = [integer(1)],
}: Partial<{
  type: string;
  key: string;
  storage: number;
  offset: Uint8Array;
  shape: Uint8Array[];
  strides: Uint8Array[];
}> = {}): Uint8Array {
  const id = bytes('(', text('storage'), `ctorch\n${type}\n`, text(key), text('cpu'), integer(storage), 'tQ');
  const args = bytes('(', id, offset, '(', ...shape, 't(', ...strides, 't', 0x89, 'N', 't');
  return pickle('}', text('weight'), 'ctorch._utils\n_rebuild_tensor_v2\n', args, 'Rs');
}

const safetensors = (claimed: bigint, json: string, size = 0) =>
  bytes(int64(claimed), json, new Uint8Array(size));
const oneTensor = (entry: object, size: number) => {
  const json = JSON.stringify({ weight: entry });
  return safetensors(BigInt(json.length), json, size);
};

const calls = (module: string, name: string, argument: string) =>
  checkpoint(pickle(`c${module}\n${name}\n`, '(', text(argument), 'tR'));

/**
 * Files that attack a reader of checkpoints, each with the words that refuse it.
 * @param sound a sound checkpoint of either form, some of them are made from.
 */
export function hostileCheckpoints(sound: Uint8Array, legacy: Uint8Array): [string, Uint8Array, RegExp][] {
  const legacyWith = (content: Uint8Array, keys: Uint8Array, ...rest: Part[]) => {
    const header = legacy.subarray(0, legacy.indexOf(0x2e, legacy.indexOf(0x7d)) + 1); // magic, version, machine
    return bytes(header, content, keys, ...rest);
  };
  const keyList = (...keys: string[]) => pickle(']', '(', ...keys.map(text), 'e');
  return [
    ['a call of os.system', calls('os', 'system', 'touch /tmp/x'), /would run os\.system .* nothing was run/],
    ['a call of posix.system', calls('posix', 'system', 'true'), /would run posix\.system/],
    ['a call of builtins.eval', calls('builtins', 'eval', '1'), /would run builtins\.eval/],
    ['a call of __builtin__.exec', calls('__builtin__', 'exec', '1'), /would run __builtin__\.exec/],
    ['a call of subprocess.Popen', calls('subprocess', 'Popen', 'sh'), /would run subprocess\.Popen/],
    [
      'os.system from the stack',
      checkpoint(bytes(0x80, 4, 0x8c, 2, 'os', 0x8c, 6, 'system', 0x93, '(', text('true'), 'tR.')),
      /would run os\.system/,
    ],
    [
      'os.system without zip',
      legacyWith(pickle('cos\nsystem\n(', text('true'), 'tR'), keyList()),
      /os\.system/,
    ],
    [
      'os.system beside weights',
      checkpoint(bytes(tensor().subarray(0, -1), text('x'), 'cos\nsystem\n)Rs.')),
      /would run os\.system/,
    ],
    ['a class nobody knows alone', calls('evil', 'Class', 'x'), /holds a whole evil\.Class/],
    ['lists in lists', checkpoint(pickle(repeated(']', 290_000), repeated('a', 289_999))), /no state dict/],
    ['marks in marks', checkpoint(pickle(repeated('(', 500_000))), /ends in the middle/],
    ['more steps than there can be', checkpoint(pickle(repeated('}0', 400_000))), /more than 600000 steps/],
    ['a list in itself', checkpoint(pickle(']q', 0, 'h', 0, 'a')), /no state dict/],
    ['a dict in itself', checkpoint(pickle('}q', 0, text('state_dict'), 'h', 0, 's')), /no state dict/],
    ['a shape that holds itself', checkpoint(tensor({ shape: [bytes(']q', 0, 'h', 0, 'a')] })), /no sizes/],
    [
      'lists that double forty times',
      checkpoint(
        pickle(']q', 0, ...Array.from({ length: 40 }, (_, i) => bytes('0]q', i + 1, '(h', i, 'h', i, 'e'))),
      ),
      /no state dict/,
    ],
    ['a memo that was not stored', checkpoint(pickle('h', 7)), /recalls memo 7/],
    ['an empty stack', checkpoint(pickle('R')), /takes from an empty stack/],
    ['an operation nobody knows', checkpoint(pickle(0xff)), /operation 255 at byte 2/],
    ['an extension', checkpoint(pickle(0x82, 1)), /operation 130/],
    ['a protocol of the future', checkpoint(bytes(0x80, 9, 'N.')), /protocol above 5/],
    ['a text of 4 GB', checkpoint(bytes(0x80, 2, 'X', uint32(0xfffffff0), 'x')), /cut off/],
    ['a text of 2⁶³ bytes', checkpoint(bytes(0x80, 4, 0x8d, int64(2n ** 62n), 'x')), /claims a length of/],
    [
      'a text of negative length',
      checkpoint(bytes(0x80, 2, 'T', uint32(0x80000000), 'x')),
      /length of -2147483648/,
    ],
    [
      'a number of 2 GB',
      checkpoint(bytes(0x80, 2, 0x8b, uint32(0x7fffffff))),
      /whole number of 2147483647 bytes/,
    ],
    ['a number of a million digits', checkpoint(pickle('L', repeated('9', 1_000_000), '\n')), /too many/],
    ['a text that is no UTF-8', checkpoint(pickle('X', uint32(2), 0xc3, 0x28)), /not UTF-8/],
    ['negative sizes', checkpoint(tensor({ shape: [integer(-4)] }), [storageFile(16)]), /negative/],
    ['a negative offset', checkpoint(tensor({ offset: integer(-1) }), [storageFile(16)]), /negative/],
    ['negative strides', checkpoint(tensor({ strides: [integer(-1)] }), [storageFile(16)]), /negative/],
    ['fewer strides than sizes', checkpoint(tensor({ strides: [] }), [storageFile(16)]), /no sizes/],
    [
      'a tensor beyond its storage',
      checkpoint(tensor({ shape: [integer(5)] }), [storageFile(16)]),
      /beyond its storage/,
    ],
    [
      'a tensor of 10¹⁸ values of one',
      checkpoint(tensor({ shape: [integer(1e9), integer(1e9)], strides: [integer(0), integer(0)] }), [
        storageFile(16),
      ]),
      /repeats the 4 values/,
    ],
    [
      'a storage past the end',
      checkpoint(tensor({ storage: 1000, shape: [integer(1000)] }), [storageFile(16)]),
      /claims 1000 values, and has 16 bytes/,
    ],
    [
      'storages of 8 GB',
      checkpoint(tensor({ storage: 2e9, shape: [integer(2e9)] }), [storageFile(16)]),
      /would take 8000000000 bytes/,
    ],
    [
      'a storage that is missing',
      checkpoint(tensor({ key: '../../etc/passwd' }), [storageFile(16)]),
      /is missing/,
    ],
    [
      'a storage of complex numbers',
      checkpoint(tensor({ type: 'ComplexFloatStorage' }), [storageFile(16)]),
      /"ComplexFloatStorage", which is not read/,
    ],
    ['a name that leads out', zip([{ name: 'a/../../data.pkl', data: tensor() }]), /leads out of it/],
    ['an absolute name', zip([{ name: '/etc/passwd', data: tensor() }]), /leads out of it/],
    [
      'two files of one name',
      zip([
        { name: 'a/data.pkl', data: tensor() },
        { name: 'a/data.pkl', data: tensor() },
      ]),
      /two of its entries/,
    ],
    [
      'a zip bomb',
      zip([{ name: 'a/data.pkl', data: new Uint8Array(1000), method: 8, size: 0xfffffff0 }]),
      /is compressed/,
    ],
    ['an encrypted entry', zip([{ name: 'a/data.pkl', data: tensor(), flags: 1 }]), /is encrypted/],
    [
      'an entry of 4 GB',
      zip([{ name: 'a/data.pkl', data: tensor(), size: 0xfffffff0 }]),
      /claims 4294967280 bytes/,
    ],
    [
      'an entry of 2⁶⁰ bytes',
      zip([{ name: 'a/data.pkl', data: tensor(), zip64: { size: 2n ** 60n, offset: 0n } }]),
      /claims a size of 1152921504606846976/,
    ],
    [
      'an entry beyond the file',
      zip([{ name: 'a/data.pkl', data: tensor(), zip64: { size: 10n, offset: 2n ** 40n } }]),
      /more than the file holds/,
    ],
    [
      'a directory of 4 GB',
      zip([{ name: 'a/data.pkl', data: tensor() }], { length: 0xfffffff0 }),
      /directory claims/,
    ],
    [
      'a directory elsewhere',
      zip([{ name: 'a/data.pkl', data: tensor() }], { offset: 3 }),
      /entry 0 of its directory is missing/,
    ],
    [
      'more entries than there are',
      zip([{ name: 'a/data.pkl', data: tensor() }], { count: 9 }),
      /entry 1 of its directory/,
    ],
    ['no pickle', zip([storageFile(16)]), /with 0 data\.pkl/],
    [
      'two pickles',
      zip([
        { name: 'a/data.pkl', data: tensor() },
        { name: 'b/data.pkl', data: tensor() },
      ]),
      /with 2 data\.pkl/,
    ],
    [
      'a TorchScript program',
      checkpoint(tensor(), [{ name: 'a/constants.pkl', data: pickle('N') }]),
      /TorchScript/,
    ],
    [
      'an unknown byte order',
      checkpoint(tensor(), [{ name: 'a/byteorder', data: bytes('middle') }]),
      /byte order/,
    ],
    [
      'a storage of negative length',
      legacyWith(tensor().slice(), keyList('0'), int64(-1n), new Uint8Array(16)),
      /claims -1 values/,
    ],
    [
      'a storage of 2⁶² values',
      legacyWith(tensor().slice(), keyList('0'), int64(2n ** 62n), new Uint8Array(16)),
      /claims 4611686018427387904 values/,
    ],
    [
      'a storage of no type',
      legacyWith(tensor().slice(), keyList('0', '1'), int64(4n), new Uint8Array(16)),
      /of which type storage 1/,
    ],
    ['a storage that is not listed', legacyWith(tensor().slice(), keyList()), /storage 0 is missing/],
    [
      'a header of 2⁶⁰ bytes',
      safetensors(2n ** 60n, '{"weight":{}}'),
      /header claims 1152921504606847000 bytes/,
    ],
    [
      'a tensor of 2⁵⁰ values',
      oneTensor({ dtype: 'F32', shape: [2 ** 25, 2 ** 25], data_offsets: [0, 16] }, 16),
      /needs 4503599627370496 bytes/,
    ],
    [
      'offsets beyond the file',
      oneTensor({ dtype: 'F32', shape: [400], data_offsets: [0, 1600] }, 16),
      /end at byte/,
    ],
    ['a sound file whose pickle is overwritten', overwritten(sound), /sound/],
  ];
}

/** Zeros over the middle of a file's first kilobyte. */
function overwritten(sound: Uint8Array): Uint8Array {
  const copy = sound.slice();
  copy.fill(0, 200, 700);
  return copy;
}
