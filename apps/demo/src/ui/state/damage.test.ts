import { expect, it } from 'vitest';
import { Damage } from './damage.js';

it('leaves out the cells of the picture and the columns of the sound that are rubbed out', () => {
  const damage = new Damage();
  expect(damage.canvas(2)).toEqual({});
  const picture = { width: 1, height: 1, channels: 1 as const, data: new Uint8Array(1) };
  damage.setPicture({ tokens: Int32Array.of(1, 2, 3, 4), picture });
  damage.setSound({
    tokens: Int32Array.of(5, 6, 7, 8),
    mel: { bands: 1, frames: 1, data: new Float32Array(1) },
  });
  expect(damage.isMissing.value).toBe(false);
  damage.cells.value = new Set([3]);
  damage.columns.value = new Set([1]);
  expect(damage.isMissing.value).toBe(true);
  expect(damage.canvas(2)).toEqual({ image: Int32Array.of(1, 2, 3, -1), audio: Int32Array.of(5, -1, 7, -1) });
});
