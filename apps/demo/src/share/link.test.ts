import { Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../studio/protocol.js';
import { StudioError } from '../studio/studio-error.js';
import { fromBase64url, toBase64url } from './base64url.js';
import { crc32 } from './crc32.js';
import { fromHash, type Shared, toHash } from './link.js';

const model = {
  name: 'digits',
  fields: [
    { name: 'image', grid: [8, 8], vocabulary: 64 },
    { name: 'audio', grid: [8, 8], vocabulary: 256 },
    { name: 'label', grid: [1, 1], vocabulary: 10 },
    { name: 'nothing', grid: [1, 3], vocabulary: 1 },
  ],
} as unknown as ModelInfo;
const OTHER_NAME = { ...model, name: 'letters' };
const OTHER_FIELDS = { ...model, fields: model.fields.slice(0, 3) };

const random = new Random(7);
const oneOf = <T>(...values: T[]): T => values[random.integer(values.length)];

function anything(): Shared {
  const controls: Shared['controls'] = {};
  if (random.integer(2)) controls.steps = 1 + random.integer(256);
  if (random.integer(2)) controls.guidance = oneOf(0, 1, 3.35, 100, -2.5, -0, random.uniform(), 1e-300);
  if (random.integer(2)) controls.temperature = oneOf(0.1, 4.5, random.uniform(0, 100));
  if (random.integer(2)) controls.order = oneOf('confidence', 'halton');
  const canvas: Shared['canvas'] = {};
  for (const { name, grid, vocabulary } of model.fields) {
    const known = oneOf(undefined, 0, 1, random.uniform());
    if (known === undefined) continue;
    canvas[name] = Int32Array.from({ length: grid[0] * grid[1] }, () =>
      random.uniform() < known ? random.integer(vocabulary) : -1,
    );
  }
  return {
    task: oneOf('imageToAudio', 'audioToImage', 'coGenerate', 'complete'),
    seed: oneOf(0, random.integer(1000), 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
    controls,
    count: 1 + random.integer(16),
    canvas,
  };
}

/** What a link comes to: what it shares, undefined or the error. */
function outcome(hash: string, reader = model): Shared | undefined | StudioError {
  try {
    return fromHash(hash, reader);
  } catch (error) {
    if (error instanceof StudioError && error.code === 'invalid-input') return error;
    throw error;
  }
}

/** A link whose bytes have been changed by somebody who knows how a checksum is made. */
function forged(hash: string, change: (bytes: Uint8Array) => void): string {
  const bytes = fromBase64url(hash.slice('#share='.length))!;
  change(bytes);
  new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)));
  return `#share=${toBase64url(bytes)}`;
}

const example: Shared = {
  task: 'complete',
  seed: 12345,
  controls: { guidance: 2.5 },
  count: 4,
  canvas: {
    image: Int32Array.from({ length: 64 }, (_, i) => (i % 3 ? i : -1)),
    audio: new Int32Array(64).fill(-1),
  },
};

describe('toHash and fromHash', () => {
  it('give anything back as it was', () => {
    for (let i = 0; i < 500; i++) {
      const shared = anything();
      const hash = toHash(shared, model);
      expect(hash).toMatch(/^#share=[\w-]+$/);
      const back = fromHash(hash, model)!;
      expect(back).toEqual(shared);
      expect(Object.is(back.controls.guidance, shared.controls.guidance)).toBe(true);
      expect(fromHash(hash.slice(1), model)).toEqual(shared);
    }
  });

  it('are short', () => {
    expect(toHash({ ...example, canvas: { audio: example.canvas.audio } }, model).length).toBeLessThan(35);
    expect(toHash(example, model).length).toBeLessThan(110);
  });

  it('leave out what is undefined', () => {
    const shared = { ...example, controls: { steps: undefined, order: undefined } };
    expect(fromHash(toHash(shared, model), model)).toStrictEqual({ ...example, controls: {} });
  });
});

describe('toHash', () => {
  it.each<[string, Partial<Shared>, RegExp]>([
    ['a seed below 0', { seed: -1 }, /seed is -1/],
    ['a broken seed', { seed: 0.5 }, /seed is 0.5/],
    ['no variations', { count: 0 }, /count is 0/],
    ['too many variations', { count: 17 }, /from 1 to 16/],
    ['too many steps', { controls: { steps: 257 } }, /steps is 257/],
    ['no guidance', { controls: { guidance: Number.NaN } }, /guidance is NaN/],
    ['an unknown order', { controls: { order: 'other' as never } }, /order/],
    ['an unknown task', { task: 'other' as never }, /task/],
    ['an unknown field', { canvas: { video: new Int32Array(1) } }, /no field "video"/],
    ['too few tokens', { canvas: { image: new Int32Array(63) } }, /has 64 tokens, not 63/],
    ['a token too large', { canvas: { image: new Int32Array(64).fill(64) } }, /no token 64/],
    ['a token too small', { canvas: { image: new Int32Array(64).fill(-2) } }, /no token -2/],
  ])('refuses %s in words', (_, change, message) => {
    const write = () => toHash({ ...example, ...change }, model);
    expect(write).toThrow(StudioError);
    expect(write).toThrow(message);
  });
});

describe('fromHash', () => {
  it.each(['', '#', '#draw', '#share', '#shar=AAAA', 'anything'])('takes %j for no link', (hash) => {
    expect(fromHash(hash, model)).toBeUndefined();
  });

  it('refuses a link that is cut off anywhere', () => {
    const hash = toHash(example, model);
    for (let length = 0; length < hash.length; length++) {
      const result = outcome(hash.slice(0, length));
      if (length < '#share='.length) expect(result).toBeUndefined();
      else expect(result).toBeInstanceOf(StudioError);
    }
  });

  it('refuses a link in which any bit is another', () => {
    for (let i = 0; i < 20; i++) {
      const hash = toHash(anything(), model);
      for (let at = 0; at < hash.length; at++) {
        for (let bit = 0; bit < 16; bit++) {
          const flipped = String.fromCharCode(hash.charCodeAt(at) ^ (1 << bit));
          const result = outcome(hash.slice(0, at) + flipped + hash.slice(at + 1));
          expect(result === undefined || result instanceof StudioError).toBe(true);
        }
      }
    }
  });

  it('names another model, another version and damage', () => {
    const hash = toHash(example, model);
    expect(outcome(hash, OTHER_NAME)).toMatchObject({
      message: expect.stringMatching(/another model than "letters"/),
    });
    expect(outcome(hash, OTHER_FIELDS)).toMatchObject({ message: expect.stringMatching(/another model/) });
    const next = forged(hash, (bytes) => bytes[0]++);
    expect(outcome(next)).toMatchObject({ message: expect.stringMatching(/another version/) });
    expect(outcome(`${hash}A`)).toMatchObject({ message: expect.stringMatching(/damaged or cut off/) });
    expect(outcome(`${hash}%20`)).toBeInstanceOf(StudioError);
  });

  it('believes no forged link more than it can hold', () => {
    let read = 0;
    for (let i = 0; i < 3000; i++) {
      const hash = forged(toHash(anything(), model), (bytes) => {
        for (let change = 0; change <= random.integer(4); change++)
          bytes[5 + random.integer(bytes.length - 5)] ^= 1 + random.integer(255);
      });
      const result = outcome(hash);
      expect(result).toBeDefined();
      if (result instanceof StudioError) continue;
      read++;
      toHash(result!, model); // throws for what is out of range
    }
    expect(read).toBeGreaterThan(100); // a seed that is another one is a good link
  });

  it('refuses noise, and a megabyte at once', () => {
    for (let i = 0; i < 2000; i++) {
      const bytes = Uint8Array.from({ length: random.integer(60) }, () => random.integer(256));
      expect(outcome(`#share=${toBase64url(bytes)}`)).toBeInstanceOf(StudioError);
    }
    const started = performance.now();
    expect(outcome(`#share=${'A'.repeat(1e6)}`)).toBeInstanceOf(StudioError);
    expect(performance.now() - started).toBeLessThan(50);
  });
});
