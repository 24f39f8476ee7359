import { describe, expect, it } from 'vitest';
import { ConfigurationError, InvalidInputError, ShapeError } from './errors.js';
import { emptyCanvas, type TokenField, validateCanvas, validateFields } from './token-field.js';

const fields: TokenField[] = [
  { name: 'label', grid: [1, 1], vocabulary: 10 },
  { name: 'audio', grid: [2, 3], vocabulary: 4 },
];

describe('validateFields', () => {
  it('accepts any number of differently named fields', () => {
    expect(() => validateFields(fields)).not.toThrow();
    expect(() => validateFields(fields.slice(1))).not.toThrow();
  });

  it.each([
    ['no field', []],
    ['no name', [{ ...fields[0], name: '' }]],
    ['a name twice', [fields[0], fields[0]]],
    ['an empty grid', [{ ...fields[0], grid: [0, 3] }]],
    ['a grid of one number', [{ ...fields[0], grid: [3] }]],
    ['half a token', [{ ...fields[0], vocabulary: 2.5 }]],
    ['no vocabulary', [{ ...fields[0], vocabulary: undefined }]],
  ])('refuses %s', (_, bad) => {
    expect(() => validateFields(bad as unknown as TokenField[])).toThrow(ConfigurationError);
  });
});

describe('validateCanvas', () => {
  const empty = emptyCanvas(fields);

  it('accepts an empty canvas and one with tokens', () => {
    expect(empty).toEqual({ label: new Int32Array([-1]), audio: new Int32Array(6).fill(-1) });
    expect(() => validateCanvas(fields, empty)).not.toThrow();
    expect(() => validateCanvas(fields, { ...empty, label: Int32Array.of(9) })).not.toThrow();
  });

  it('names what is wrong', () => {
    const check = (canvas: object) => () => validateCanvas(fields, canvas as typeof empty);
    expect(check({ ...empty, audio: new Int32Array(5) })).toThrow(ShapeError);
    expect(check({ ...empty, label: Int32Array.of(10) })).toThrow(
      /Token 10 at position 0 of the field "label"/,
    );
    expect(check({ ...empty, label: Int32Array.of(-2) })).toThrow(InvalidInputError);
    expect(check({ ...empty, label: [3] })).toThrow(InvalidInputError);
    expect(check({ ...empty, image: Int32Array.of(3) })).toThrow(/no field "image"/);
    expect(check({ label: empty.label })).toThrow(/"audio"/);
    expect(check(null as never)).toThrow(InvalidInputError);
  });
});
