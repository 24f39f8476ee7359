import { describe, expect, it } from 'vitest';
import { readFixture, unpacked } from '../testing.test.helper.js';
import { readNpy } from './read-npy.js';
import { writeNpy } from './write-npy.js';

interface Entry {
  file: string;
  shape: number[];
  values: string[];
}

/** Files of NumPy 2.4, by `fixtures/make_npy.py`. */
const fixtures = readFixture<Record<string, Entry>>('npy.json');
const bytesOf = ({ file }: Entry) => unpacked(file);
const REFUSED = ['objects', 'records', 'complex', 'text', 'dates'];
const read = Object.entries(fixtures).filter(([name]) => !REFUSED.includes(name));

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A file of version 1 with this header. */
function fileOf(
  header: string,
  values: number[] = [],
  { version = 1, length = header.length } = {},
): Uint8Array {
  const bytes = new Uint8Array((version === 1 ? 10 : 12) + header.length + values.length);
  bytes.set([0x93, ...latin1('NUMPY'), version, 0, length & 0xff, (length >> 8) & 0xff]);
  bytes.set(latin1(header), version === 1 ? 10 : 12);
  bytes.set(values, bytes.length - values.length);
  return bytes;
}
const headerOf = ({ descr = "'|u1'", order = 'False', shape = '(2,)' } = {}) =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe('readNpy', () => {
  it.each(read)('reads what NumPy wrote: %s', (_, entry) => {
    const { shape, data } = readNpy(bytesOf(entry));
    expect(shape).toEqual(entry.shape);
    // Every value exactly; NumPy's names of what is no number are Python's.
    const names: Record<string, number> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };
    expect(Array.from(data, Number)).toEqual(entry.values.map((text) => names[text] ?? Number(text)));
  });

  it('gives each type its own array', () => {
    const types = Object.fromEntries(read.map(([name, entry]) => [name, readNpy(bytesOf(entry)).data]));
    expect(types['<f8']).toBeInstanceOf(Float64Array);
    expect(types['>i8']).toBeInstanceOf(BigInt64Array);
    expect(types['<u2']).toBeInstanceOf(Uint16Array);
    expect(types['|b1']).toBeInstanceOf(Uint8Array);
  });

  it('reads bytes that begin anywhere in a larger array', () => {
    const file = bytesOf(fixtures['<f8']);
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    expect(readNpy(larger.subarray(3))).toEqual(readNpy(file));
  });

  it('reads headers that other programs write', () => {
    for (const header of [
      `{"shape":(2,),"fortran_order":False,"descr":"|u1"}`,
      headerOf({ shape: '(2L,)' }),
      headerOf({ shape: '(1, 2)' }),
      headerOf({ descr: "'=u1'" }),
    ]) {
      expect(Array.from(readNpy(fileOf(header, [7, 8])).data, Number)).toEqual([7, 8]);
    }
  });

  it.each([
    ['objects', /Python objects/],
    ['records', /several types/],
    ['complex', /"c8"/],
    ['text', /"U2"/],
    ['dates', /type/],
  ])('refuses %s', (name, message) => {
    expect(() => readNpy(bytesOf(fixtures[name]))).toThrow(message);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /0 bytes/],
    ['another file', new TextEncoder().encode('PK\x03\x04 and so on'), /mark/],
    ['a version to come', fileOf(headerOf(), [1, 2], { version: 4 }), /version is 4/],
    ['a header past the end', fileOf(headerOf(), [1, 2], { length: 60_000 }), /claims 60000 bytes/],
    ['code', fileOf(headerOf({ shape: "__import__('os').system('id')" }), [1, 2]), /not as NumPy writes it/],
    ['code behind', fileOf(`${headerOf().trim()} or exit()`, [1, 2]), /no dictionary/],
    ['a shape of no tuple', fileOf(headerOf({ shape: '(2)' }), [1, 2]), /no tuple/],
    ['a negative shape', fileOf(headerOf({ shape: '(-2,)' }), [1, 2]), /not as NumPy writes it/],
    ['a shape past all bounds', fileOf(headerOf({ shape: `(${'9'.repeat(40)},)` })), /past all bounds/],
    [
      'a product past all bounds',
      fileOf(headerOf({ shape: '(4294967296, 4294967296, 2)' })),
      /needs .* bytes/,
    ],
    ['a hundred dimensions', fileOf(headerOf({ shape: `(${'1, '.repeat(100)})` }), [1]), /100 dimensions/],
    ['fewer values', fileOf(headerOf(), [1]), /needs 2 bytes and it has 1/],
    ['more values', fileOf(headerOf(), [1, 2, 3]), /needs 2 bytes and it has 3/],
    ['a key twice', fileOf(`{'descr': '|u1', 'descr': '|u1', 'shape': (2,)}`, [1, 2]), /not as NumPy/],
    ['a key too few', fileOf(`{'descr': '|u1', 'shape': (2,)}`, [1, 2]), /no "fortran_order"/],
    ['a key of JavaScript', fileOf(`{'__proto__': '|u1', 'shape': (2,)}`, [1, 2]), /not as NumPy/],
    [
      'an order that is no truth value',
      fileOf(headerOf({ order: '(1,)' }), [1, 2]),
      /neither True nor False/,
    ],
    ['a type that is none', fileOf(headerOf({ descr: 'True' }), [1, 2]), /type is unknown/],
  ])('refuses %s', (_, file, message) => {
    expect(() => readNpy(file)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    expect(() => readNpy(file)).toThrow(message);
  });

  it('takes no long time over a header that nearly fits', () => {
    const shape = `(${'1, '.repeat(3000)}x)`;
    const start = performance.now();
    expect(() => readNpy(fileOf(headerOf({ shape }), [1]))).toThrow(/not as NumPy/);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('writeNpy', () => {
  it.each([
    '<f4',
    '<f8',
    '<i1',
    '<i2',
    '<i4',
    '<i8',
    '<u1',
    '<u2',
    '<u4',
    '<u8',
    'vector',
    'number',
    'empty',
  ])('writes what NumPy writes, byte by byte: %s', (name) => {
    const file = bytesOf(fixtures[name]);
    expect(writeNpy(readNpy(file))).toEqual(file);
  });

  it('refuses values that the shape has no room for', () => {
    expect(() => writeNpy({ shape: [2, 2], data: new Float32Array(3) })).toThrow(
      /\[2,2\] has 4 values, not 3/,
    );
  });
});
