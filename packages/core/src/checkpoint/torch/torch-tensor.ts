import { CheckpointError } from '../../errors.js';
import { sizeOf } from '../../module/layout.js';
import type { SafetensorsType } from '../safetensors-header.js';
import { BYTES_PER_VALUE } from '../safetensors-header.js';
import { toFloat32 } from '../to-float32.js';
import { PersistentId, PickledGlobal, PickledObject, type PickledValue } from './pickle-values.js';

/** What a tensor looks into: a run of values, which tensors may share. */
export interface TorchStorage {
  readonly key: string;
  readonly type: SafetensorsType;
  /** Values. */
  readonly size: number;
  /** Where it begins in the storage that is written, in values: older checkpoints have storages inside others. */
  readonly begin: number;
}

/** A tensor as PyTorch describes it: value [i, j, …] lies at offset + i·strides[0] + j·strides[1] + … */
export interface TorchTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

const malformed = (why: string): never => {
  throw new CheckpointError(`Not a sound PyTorch checkpoint: ${why}. Download or write the file again.`);
};

const STORAGE_TYPES: Record<string, SafetensorsType> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** The tensor that `value` rebuilds, where it does; a parameter is the tensor in it. */
export function torchTensor(value: PickledValue): TorchTensor | undefined {
  if (!(value instanceof PickledObject)) return undefined;
  const [first] = value.arguments;
  switch (value.class.name) {
    case 'torch._utils._rebuild_tensor':
    case 'torch._utils._rebuild_tensor_v2':
      return checkedTensor(value.arguments);
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state':
      // A parameter holds a tensor and no further parameter.
      return first instanceof PickledObject && /\._rebuild_tensor(_v2)?$/.test(first.class.name)
        ? torchTensor(first)
        : undefined;
    default:
      return undefined;
  }
}

function checkedTensor([stored, offset, shape, strides]: readonly PickledValue[]): TorchTensor {
  if (!(stored instanceof PersistentId)) return malformed('a tensor has no storage');
  const storage = torchStorage(stored.id);
  if (!isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length) {
    return malformed('a tensor has no sizes, or negative ones');
  }
  if (sizeOf(shape) > 0) {
    const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis], offset);
    if (last >= storage.size) {
      malformed(
        `a tensor of shape [${shape.slice(0, 8)}] reaches beyond its storage of ${storage.size} values`,
      );
    }
    // Strides of 0 repeat values; nothing that is trained is so.
    if (sizeOf(shape) > storage.size) {
      malformed(`a tensor of shape [${shape.slice(0, 8)}] repeats the ${storage.size} values of its storage`);
    }
  }
  return { storage, offset, shape, strides };
}

/** `('storage', class, key, device, size)`, and in older checkpoints `(key, begin, size)` of the part that is meant. */
export function torchStorage(id: PickledValue): TorchStorage {
  if (!Array.isArray(id) || id[0] !== 'storage') return malformed('a tensor has no storage');
  const [, type, key, , whole, part] = id;
  const typeName = type instanceof PickledGlobal ? type.name.replace(/^torch\.(storage\.)?/, '') : '';
  if (!Object.hasOwn(STORAGE_TYPES, typeName)) {
    return malformed(`a storage is of ${JSON.stringify(typeName.slice(0, 100))}, which is not read here`);
  }
  if (typeof key !== 'string' && typeof key !== 'number') return malformed('a storage has no key');
  const [, begin, size] = Array.isArray(part) ? part : [key, 0, whole];
  if (!isCount(begin) || !isCount(size)) return malformed('a storage has no size');
  return { key: String(key), type: STORAGE_TYPES[typeName], size, begin };
}

const isCount = (value?: PickledValue): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value?: PickledValue): value is number[] =>
  Array.isArray(value) && value.length <= 64 && value.every(isCount);

/**
 * Reads what a tensor looks at: those bytes alone where its values lie side by side.
 * @param readBytes `length` bytes from `offset` of the storage.
 */
export async function readTorchTensor(
  { storage, offset, shape, strides }: TorchTensor,
  readBytes: (offset: number, length: number) => Promise<Uint8Array>,
  { littleEndian }: { littleEndian: boolean },
): Promise<Float32Array> {
  const size = sizeOf(shape);
  if (size === 0) return new Float32Array(0);
  const width = BYTES_PER_VALUE[storage.type];
  const span = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis], 1);
  const bytes = await readBytes((storage.begin + offset) * width, span * width);
  const values = toFloat32(littleEndian ? bytes : swapped(bytes, width), storage.type);
  return isRowMajor(shape, strides) ? values : gather(values, shape, strides, size);
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== stride) return false;
    stride *= shape[axis];
  }
  return true;
}

function gather(
  values: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
  size: number,
): Float32Array {
  const out = new Float32Array(size);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let i = 0; i < size; i++) {
    out[i] = values[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

/** The bytes of every value the other way round. */
function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes[i - (i % width) + width - 1 - (i % width)];
  return out;
}
