import { readWav, writeWav } from '@visual-echoes/vq-audio';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { downloadPng, downloadWav } from './downloads.js';
import { pictureToImageData } from './picture-to-image-data.js';
import { readPicture } from './read-picture.js';
import { turnsDuring } from './turns.test.helper.js';

/** Keeps what is saved from being saved, and gives it. */
async function saved(save: () => Promise<void>): Promise<{ name: string; file: Blob }> {
  let name = '';
  let file: Promise<Blob> | undefined;
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    name = this.download;
    file = fetch(this.href).then((response) => response.blob());
  });
  await save();
  return { name, file: await file! };
}

afterEach(() => vi.restoreAllMocks());

describe('downloadWav', () => {
  it.each([
    [1000, 1],
    [150_001, 2], // three pieces
    [2 ** 16, 1],
  ])('saves %d samples of %d channels as writeWav does', async (frames, channels) => {
    const sound = {
      sampleRate: 8000,
      channels: Array.from({ length: channels }, (_, c) =>
        Float32Array.from({ length: frames }, (_, i) => Math.sin(i + c)),
      ),
    };
    const { name, file } = await saved(() => downloadWav(sound, 'seven'));
    expect(name).toBe('seven.wav');
    expect(file.type).toBe('audio/wav');
    const bytes = new Uint8Array(await file.arrayBuffer());
    expect(bytes.length).toBe(44 + 2 * frames * channels);
    const expected = writeWav(sound);
    expect(bytes.every((byte, i) => byte === expected[i])).toBe(true);
    expect(readWav(bytes).channels[0]).toHaveLength(frames);
  });

  it('writes a minute of stereo in pieces', async () => {
    const minute = () => new Float32Array(60 * 48_000);
    const sound = { sampleRate: 48_000, channels: [minute(), minute()] };
    expect(await turnsDuring(() => saved(() => downloadWav(sound, 'long')))).toBeGreaterThan(40);
  });

  it('says in words what no file holds', async () => {
    for (const sound of [
      { sampleRate: 8000, channels: [] },
      { sampleRate: 8000, channels: [Float32Array.of(Number.NaN)] },
    ])
      await expect(downloadWav(sound, 'x')).rejects.toMatchObject({
        name: 'StudioError',
        code: 'invalid-input',
      });
  });

  it.each([
    ['a/b\\c:d', 'a-b-c-d.wav'],
    ['../../etc/passwd', 'etc-passwd.wav'],
    ['', 'visual-echoes.wav'],
    ['Sieben – schön.WAV', 'Sieben - schön.wav'],
    ['x'.repeat(500), `${'x'.repeat(100)}.wav`],
  ])('names the file %j as systems allow', async (given, expected) => {
    const { name } = await saved(() =>
      downloadWav({ sampleRate: 8000, channels: [new Float32Array(1)] }, given),
    );
    expect(name).toBe(expected);
  });
});

describe('downloadPng', () => {
  it('saves each pixel as it is', async () => {
    for (const channels of [1, 3] as const) {
      const picture = {
        width: 28,
        height: 30,
        channels,
        data: Uint8Array.from({ length: 28 * 30 * channels }, (_, i) => i),
      };
      const { name, file } = await saved(() => downloadPng(picture, 'seven.png'));
      expect(name).toBe('seven.png');
      expect(file.type).toBe('image/png');
      const back = await readPicture(file);
      expect(back).toMatchObject({ width: 28, height: 30 });
      const rgb =
        channels === 3
          ? picture.data
          : Uint8Array.from({ length: back.data.length }, (_, i) => Math.floor(i / 3));
      expect(back.data).toEqual(rgb);
    }
  });
});

describe('pictureToImageData', () => {
  it('is opaque', () => {
    expect([
      ...pictureToImageData({ width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 200) }).data,
    ]).toEqual([7, 7, 7, 255, 200, 200, 200, 255]);
  });
});
