import { CheckpointError } from '../../errors.js';
import { sizeOf } from '../../module/layout.js';
import type { ByteSource } from '../byte-source.js';
import type { StoredTensors } from '../checkpoint.js';
import { readWhole } from '../read-whole.js';
import { BYTES_PER_VALUE } from '../safetensors-header.js';
import { findStateDict } from './find-state-dict.js';
import { TruncatedPickleError } from './pickle-reader.js';
import type { PickledValue } from './pickle-values.js';
import { readTorchTensor, type TorchStorage, torchStorage } from './torch-tensor.js';
import { unpickle } from './unpickle.js';
import { openZipArchive } from './zip-archive.js';

export interface OpenTorchCheckpointOptions {
  /** The key under which the state dict lies, as `generator`; found by itself where only one can be meant. */
  at?: string;
}

/** A checkpoint of PyTorch: what it holds, and where its storages lie. */
interface TorchFile {
  value: PickledValue;
  littleEndian: boolean;
  /** @returns the storage's first byte and its length in bytes. */
  storage(storage: TorchStorage): Promise<{ offset: number; length: number }>;
}

/** The largest pickle read: names, shapes and settings, which are small; the values lie elsewhere. */
const LONGEST_PICKLE = 128_000_000;

const malformed = (why: string): never => {
  throw new CheckpointError(`Not a sound PyTorch checkpoint: ${why}. Download or write the file again.`);
};

/**
 * Opens what `torch.save` wrote: the zip of PyTorch 1.6 and later, or the older form. Nothing of the file is run:
 * unknown classes are passed over.
 * @throws CheckpointError where it is malformed, or where it holds several state dicts and `at` names none.
 */
export async function openTorchCheckpoint(
  source: ByteSource,
  { at }: OpenTorchCheckpointOptions = {},
): Promise<StoredTensors> {
  const file = (await isZip(source)) ? await openZip(source) : await openLegacy(source);
  const tensors = findStateDict(file.value, at);

  // Tensors may share storage, but not so that a small file fills the memory.
  let bytes = 0;
  for (const { shape } of tensors.values()) bytes += sizeOf(shape) * Float32Array.BYTES_PER_ELEMENT;
  if (bytes > Math.max(64_000_000, 8 * source.size)) {
    malformed(`its tensors would take ${bytes} bytes, and the file has ${source.size}`);
  }

  return new Map(
    [...tensors].map(([name, tensor]) => {
      const read = async () => {
        const { offset, length } = await file.storage(tensor.storage);
        return readTorchTensor(
          tensor,
          (begin, count) => {
            if (begin + count > length) malformed(`${JSON.stringify(name)} reaches beyond its storage`);
            return readWhole(source, offset + begin, count);
          },
          file,
        );
      };
      return [name, { shape: tensor.shape, read }];
    }),
  );
}

/** Whether a file begins as a zip archive does. */
async function isZip(source: ByteSource): Promise<boolean> {
  const [p, k, three, four] = await source.read(0, Math.min(4, source.size));
  return p === 0x50 && k === 0x4b && three === 3 && four === 4;
}

async function openZip(source: ByteSource): Promise<TorchFile> {
  const archive = await openZipArchive(source);
  const pickles = [...archive.entries.values()].filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) malformed(`it is a zip archive with ${pickles.length} data.pkl in it, not one`);
  const [pickle] = pickles;
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  if (archive.entries.has(`${folder}constants.pkl`)) {
    malformed('it is a TorchScript program; save its state_dict() by torch.save');
  }
  const bytesOf = async (name: string, most: number) => {
    const entry = archive.entries.get(folder + name)!;
    if (entry.size > most) malformed(`${name} in it has ${entry.size} bytes`);
    return readWhole(source, await archive.locate(entry), entry.size);
  };
  const order = archive.entries.has(`${folder}byteorder`)
    ? new TextDecoder().decode(await bytesOf('byteorder', 16))
    : 'little';
  if (order !== 'little' && order !== 'big') malformed('its byte order is neither little nor big');
  return {
    value: unpickle(await bytesOf('data.pkl', LONGEST_PICKLE)).value,
    littleEndian: order === 'little',
    storage: async ({ key, size, begin, type }) => {
      const entry = archive.entries.get(`${folder}data/${key}`);
      if (!entry) return malformed(`its storage ${JSON.stringify(key.slice(0, 100))} is missing`);
      if ((begin + size) * BYTES_PER_VALUE[type] > entry.size) {
        malformed(`storage ${key} claims ${size} values, and has ${entry.size} bytes`);
      }
      return { offset: await archive.locate(entry), length: entry.size };
    },
  };
}

/** The number that begins a checkpoint of before PyTorch 1.6. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

/** Pickles one after another (magic, version, machine, content, keys of storages), then the storages. */
async function openLegacy(source: ByteSource): Promise<TorchFile> {
  let position = 0;
  const next = async () => {
    for (let length = 65_536; ; length *= 4) {
      const bytes = await readWhole(source, position, Math.min(length, source.size - position));
      try {
        const pickle = unpickle(bytes);
        position += pickle.end;
        return pickle;
      } catch (error) {
        const whole = position + length >= source.size || length >= LONGEST_PICKLE;
        if (!(error instanceof TruncatedPickleError) || whole) throw error;
      }
    }
  };
  if ((await next()).value !== MAGIC) malformed('it is a pickle, but not one that torch.save wrote');
  if ((await next()).value !== 1001) malformed('it is of a version of torch.save that is not known');
  const { value: machine } = await next();
  const { value, persistentIds } = await next();
  const { value: keys } = await next();
  if (!(machine instanceof Map) || !Array.isArray(keys)) return malformed('its storages are not listed');
  const littleEndian = machine.get('little_endian') !== false;

  // Each storage is its number of values, and the values; how wide they are is known from the tensors alone.
  const types = new Map(persistentIds.map(torchStorage).map(({ key, type }) => [key, type]));
  const places = new Map<string, { offset: number; length: number }>();
  for (const key of keys.map(String)) {
    const type = types.get(key);
    if (!type) return malformed(`nothing says of which type storage ${key.slice(0, 100)} is`);
    const count = await readWhole(source, position, 8);
    const size = new DataView(count.buffer, count.byteOffset, 8).getBigInt64(0, littleEndian);
    const offset = position + 8;
    if (size < 0n || size * BigInt(BYTES_PER_VALUE[type]) > BigInt(source.size - offset)) {
      malformed(`storage ${key.slice(0, 100)} claims ${size} values, more than the file holds`);
    }
    const length = Number(size) * BYTES_PER_VALUE[type];
    places.set(key, { offset, length });
    position = offset + length;
  }
  return {
    value,
    littleEndian,
    storage: async ({ key }) => places.get(key) ?? malformed(`its storage ${key.slice(0, 100)} is missing`),
  };
}
