import type { ImageTokenizer, Picture } from '@visual-echoes/vq-image';
import { describe, expect, it, vi } from 'vitest';
import { movedViews, movePicture } from './moved-views.js';
import type { PictureCodec } from './picture-codec.js';

const grey = (...rows: number[][]): Picture => ({
  width: rows[0].length,
  height: rows.length,
  channels: 1,
  data: Uint8Array.from(rows.flat()),
});

describe('movePicture', () => {
  it('moves right and down, and lets the edges go on', () => {
    const picture = grey([1, 2, 3], [4, 5, 6]);
    expect(movePicture(picture, 1, 0)).toEqual(grey([1, 1, 2], [4, 4, 5]));
    expect(movePicture(picture, -2, 0)).toEqual(grey([3, 3, 3], [6, 6, 6]));
    expect(movePicture(picture, 0, 1)).toEqual(grey([1, 2, 3], [1, 2, 3]));
  });

  it('keeps the colours of a pixel together', () => {
    const picture: Picture = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect([...movePicture(picture, 1, 0).data]).toEqual([1, 2, 3, 1, 2, 3]);
  });
});

describe('movedViews', () => {
  /** Two pixels, a token each. */
  const tokenizer = {
    decode: vi.fn(async (all: Int32Array[]) => all.map((tokens) => grey([...tokens]))),
    encode: vi.fn(async (all: Picture[]) => all.map(({ data }) => Int32Array.from(data))),
  } as unknown as ImageTokenizer;
  const canvas = (...image: number[]) => ({ image: Int32Array.from(image), label: Int32Array.of(-1) });

  it('moves what the tokens show, each picture once, and nothing that is not whole', async () => {
    const views = await movedViews(
      [canvas(1, 2), canvas(3, -1), canvas(1, 2), canvas(4, 5)],
      { tokenizer } as PictureCodec,
      { image: { shift: 1 } },
      {},
    );
    expect(views.map((ofOne) => ofOne.map(({ image }) => [...image!]))).toEqual([
      [
        [1, 1],
        [2, 2],
        [1, 2],
        [1, 2],
      ],
      [],
      [
        [1, 1],
        [2, 2],
        [1, 2],
        [1, 2],
      ],
      [
        [4, 4],
        [5, 5],
        [4, 5],
        [4, 5],
      ],
    ]);
    expect(tokenizer.decode).toHaveBeenCalledExactlyOnceWith([Int32Array.of(1, 2), Int32Array.of(4, 5)], {});
  });
});
