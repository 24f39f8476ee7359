import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../errors.js';
import { type FixtureTensor, readFixture, stateTensor, unpacked } from '../testing.test.helper.js';
import { blobSource, bytesSource } from './byte-source.js';
import { fromFloat16, toFloat16 } from './half-precision.js';
import { readSafetensors, readSafetensorsHeader } from './read-safetensors.js';
import { writeSafetensors } from './write-safetensors.js';

const fixture = readFixture<{ file: string; values: Record<string, FixtureTensor> }>('checkpoints.json');
const published = unpacked(fixture.file);

/** A file with a header as given and `size` bytes behind it. */
function file(header: object | string, size: number, claimed?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + size);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const tensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('readSafetensors', () => {
  it.each([
    ['bytes', published],
    ['bytes that begin inside a larger array', new Uint8Array([9, 9, 9, ...published]).subarray(3)],
    ['a blob', blobSource(new Blob([published]))],
  ])('reads every type that the safetensors library writes, from %s', async (_, source) => {
    const { state, metadata } = await readSafetensors(source);
    expect(metadata).toEqual({ 'made by': 'safetensors' });
    expect(Object.keys(state).sort()).toEqual(Object.keys(fixture.values).sort());
    for (const [name, values] of Object.entries(fixture.values)) {
      expect([name, state[name]]).toEqual([name, stateTensor(values)]);
    }
  });

  it('reads no more than one tensor at a time', async () => {
    const source = bytesSource(published);
    const lengths: number[] = [];
    const counted = {
      ...source,
      read: (offset: number, length: number) => {
        lengths.push(length);
        return source.read(offset, length);
      },
    };
    const { entries } = await readSafetensorsHeader(counted);
    lengths.length = 0;
    await readSafetensors(counted);
    expect(lengths.slice(2).sort()).toEqual(entries.map(({ length }) => length).sort());
  });

  it.each<[string, Uint8Array]>([
    ['an empty file', new Uint8Array(0)],
    ['five bytes', new Uint8Array(5)],
    ['a header longer than the file', file('{}', 0, 3n)],
    ['a header of 2⁶³ bytes', file('{}', 0, 1n << 63n)],
    ['no JSON', file('{"a":', 0)],
    ['no UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe)],
    ['an array', file('[]', 0)],
    ['null', file('null', 0)],
    ['nesting a million deep', file('['.repeat(1_000_000), 0)],
    ['a tensor that is null', file({ a: null }, 0)],
    ['an unknown type', file({ a: tensor(0, 4, [1], 'Q9') }, 4)],
    ['a type from the prototype', file({ a: tensor(0, 4, [1], 'constructor') }, 4)],
    ['offsets behind the file', file({ a: tensor(0, 400) }, 4)],
    ['offsets before the tensors', file({ a: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } }, 0)],
    ['offsets that run back', file({ a: { dtype: 'F32', shape: [1], data_offsets: [4, 0] } }, 4)],
    ['offsets that are not whole', file({ a: { dtype: 'F32', shape: [1], data_offsets: [0.5, 4.5] } }, 4)],
    ['one offset', file({ a: { dtype: 'F32', shape: [1], data_offsets: [0] } }, 4)],
    ['a size other than its shape', file({ a: tensor(0, 8, [3]) }, 8)],
    ['a negative side', file({ a: tensor(0, 4, [-1]) }, 4)],
    ['a shape beyond all numbers', file({ a: tensor(0, 4, Array(40).fill(2 ** 31)) }, 4)],
    ['two tensors in one place', file({ a: tensor(0, 4), b: tensor(0, 4) }, 4)],
    ['tensors that overlap', file({ a: tensor(0, 8), b: tensor(4, 12) }, 12)],
    ['a hole', file({ a: tensor(0, 4), b: tensor(8, 12) }, 12)],
    ['bytes behind the last tensor', file({ a: tensor(0, 4) }, 6)],
    ['a tensor cut off', file({ a: tensor(0, 8) }, 5)],
    ['a name twice', file('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{}}', 0)],
    ['the name __proto__', file('{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}', 0)],
    ['metadata that is no text', file({ __metadata__: { a: { b: 1 } } }, 0)],
  ])('refuses %s', async (_, bytes) => {
    await expect(readSafetensors(bytes)).rejects.toThrow(CheckpointError);
    expect(({} as Record<string, unknown>)['dtype']).toBeUndefined();
  });

  it('shows a hostile name only in a form that a terminal can take', async () => {
    const bytes = file({ [`\u001b[2J${'x'.repeat(500)}`]: tensor(0, 8, [1]) }, 8);
    const message = await readSafetensors(bytes).catch((error: Error) => error.message);
    expect(message).not.toContain('\u001b');
    expect((message as string).length).toBeLessThan(300);
  });

  it('refuses a source that ends before its size', async () => {
    const source = {
      size: published.length,
      read: async (o: number, n: number) => published.slice(o, o + n),
    };
    const shorter = {
      ...source,
      read: async (o: number, n: number) => (await source.read(o, n)).slice(0, 7),
    };
    await expect(readSafetensors(shorter)).rejects.toThrow(/Only 7 of 8 bytes/);
  });
});

describe('writeSafetensors', () => {
  const state = {
    'a.weight': { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 1e-3) },
    empty: { shape: [0, 2], data: new Float32Array(0) },
    scalar: { shape: [], data: Float32Array.of(7) },
  };

  it('writes f32 that is read back bit for bit, in order, aligned', async () => {
    const bytes = writeSafetensors(state, { metadata: { format: 'pt' } });
    expect(await readSafetensors(bytes)).toEqual({ state, metadata: { format: 'pt' } });
    expect((await readSafetensorsHeader(bytesSource(bytes))).entries[0].offset % 8).toBe(0);
  });

  it('writes f16 rounded to the nearest, in half the room', async () => {
    const bytes = writeSafetensors(state, { type: 'f16' });
    const { state: read } = await readSafetensors(bytes);
    const nearest = (x: number) => fromFloat16(toFloat16(x));
    expect(read['a.weight'].data).toEqual(state['a.weight'].data.map(nearest));
    expect(writeSafetensors(state).length - bytes.length).toBe(5 * 2);
  });

  it('refuses what would not be what it was', () => {
    const write = (name: string, data: number[], shape = [data.length]) =>
      writeSafetensors({ [name]: { shape, data: Float32Array.from(data) } }, { type: 'f16' });
    expect(() => write('a', [1], [2])).toThrow(CheckpointError);
    expect(() => write('__metadata__', [1])).toThrow(/rename/);
    expect(() => write('a', [1, 70_000])).toThrow(/"a" holds 70000, which f16 cannot hold/);
    expect(() => write('a', [65_504, Number.NEGATIVE_INFINITY])).not.toThrow();
  });
});
