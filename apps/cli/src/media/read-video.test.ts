import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledError, ConfigurationError, FileAccessError, InvalidInputError } from '@visual-echoes/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVideo } from './read-video.js';
import { frameNumber, hasFfmpeg, makeVideo } from './video.test.helper.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'video-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const made = (name: string, options?: Parameters<typeof makeVideo>[1]) => {
  makeVideo(at(name), options);
  return at(name);
};

describe.skipIf(!hasFfmpeg)('readVideo', () => {
  it('takes the frames that are shown in the middles of equal parts, and the sound', async () => {
    const path = made('two.mp4', { seconds: 2, rate: 10, sound: 2 });
    const { frames, sound, length } = await readVideo(path, { frames: 4, duration: 2 });
    expect(frames.map(frameNumber)).toEqual([2, 7, 12, 17]); // at 0.25, 0.75, 1.25, 1.75 s
    expect(frames[0]).toMatchObject({ width: 64, height: 48, channels: 3 });
    expect(length).toBe(2);
    expect([sound.sampleRate, sound.channels.length]).toEqual([22_050, 1]);
    expect(Math.abs(sound.channels[0].length - 44_100)).toBeLessThan(1100); // AAC's frames
    expect(Math.max(...sound.channels[0])).toBeGreaterThan(0.05);
    // A time at which a frame begins is that frame's; the clip may end before the video.
    const { frames: five } = await readVideo(path, { frames: 5, duration: 1 });
    expect(five.map(frameNumber)).toEqual([1, 3, 5, 7, 9]);
  });

  it('goes by time and not by number where the frames are not even', async () => {
    const filter = `select='lt(n,10)+eq(mod(n,5),0)'`;
    // PCM, since AAC begins before the pictures do.
    const path = made('uneven.mkv', {
      seconds: 3,
      rate: 10,
      filter,
      options: ['-fps_mode', 'vfr', '-c:a', 'pcm_s16le'],
    });
    const { frames } = await readVideo(path, { frames: 3, duration: 3 });
    expect(frames.map(frameNumber)).toEqual([5, 15, 25]);
    const { frames: six } = await readVideo(path, { frames: 6, duration: 3 });
    expect(six.map(frameNumber)).toEqual([2, 7, 10, 15, 20, 25]); // at 1.25 s still the frame of 1 s
  });

  it('takes a shorter video whole, by the length that the file states', async () => {
    const path = made('short.mp4', { seconds: 1, rate: 20, sound: 0.9 });
    const { frames, length, sound } = await readVideo(path, { frames: 5, duration: 10 });
    expect(length).toBe(1);
    expect(frames.map(frameNumber)).toEqual([2, 6, 10, 14, 18]);
    expect(sound.channels[0].length).toBeLessThan(22_050);
  });

  it('lets the last frame stay for a part, and no longer', async () => {
    const path = made('quiet.mp4', { seconds: 1.6, rate: 10, sound: 2 });
    const { frames } = await readVideo(path, { frames: 4, duration: 2 });
    expect(frames.map(frameNumber)).toEqual([2, 7, 12, 15]);
    const still = made('still.mp4', { seconds: 1, rate: 10, sound: 2 });
    await expect(readVideo(still, { frames: 4, duration: 2 })).rejects.toThrow(
      /is cut off: of its 2 s it shows 3 of 4 frames/,
    );
  });

  it('turns pictures and makes pixels square, and large ones smaller', async () => {
    const options = { frames: 1, duration: 1 };
    const wide = made('wide.mp4', { seconds: 1, filter: 'setsar=2' });
    expect((await readVideo(wide, options)).frames[0]).toMatchObject({ width: 128, height: 48 });
    const large = made('large.mp4', { seconds: 0.2, rate: 5, size: '3840x1080' });
    const [{ width, height }] = (await readVideo(large, options)).frames;
    expect([width, height]).toEqual([2715, 763]); // of the same form, in the pixels of 1920 × 1080
  });

  it('says what is wrong with a file, and with none longer than it may', async () => {
    const options = { frames: 4, duration: 2 };
    const whole = readFileSync(made('whole.mp4', { seconds: 2, size: '640x480', filter: 'noise=alls=60' }));
    writeFileSync(at('cut.mp4'), whole.subarray(0, whole.length / 2));
    writeFileSync(at('head.mp4'), whole.subarray(0, 300));
    writeFileSync(at('empty.mp4'), '');
    writeFileSync(at('text.mp4'), 'hello');
    writeFileSync(at('list.mp4'), `#EXTM3U\n#EXTINF:2,\nfile://${at('whole.mp4')}\n`);
    writeFileSync(at('concat.mp4'), `ffconcat version 1.0\nfile whole.mp4\n`);
    const silent = made('silent.mp4', { sound: 0 });
    for (const [name, message] of [
      ['cut.mp4', /cut\.mp4 is cut off/],
      ['head.mp4', /head\.mp4 (is no video|has no pictures)/],
      ['empty.mp4', /empty\.mp4 is empty/],
      ['text.mp4', /text\.mp4 is no video/],
      ['list.mp4', /list\.mp4 is no video/],
      ['concat.mp4', /concat\.mp4 is no video/],
    ] as const) {
      await expect(readVideo(at(name), options)).rejects.toThrow(InvalidInputError);
      await expect(readVideo(at(name), options)).rejects.toThrow(message);
    }
    await expect(readVideo(silent, options)).rejects.toThrow(/has no sound track/);
    await expect(readVideo(folder, options)).rejects.toThrow(/is no file/);
    await expect(readVideo(at('absent.mp4'), options)).rejects.toThrow(FileAccessError);
    await expect(readVideo(at('whole.mp4'), { ...options, timeout: 0.001 })).rejects.toThrow(
      /longer than 0\.001 s/,
    );
    const signal = AbortSignal.abort();
    await expect(readVideo(at('whole.mp4'), { ...options, signal })).rejects.toThrow(CancelledError);
  });

  it('reads a file whose bytes were changed by chance, or refuses it', async () => {
    const whole = readFileSync(made('chance.mp4', { seconds: 1 }));
    for (let seed = 1; seed <= 12; seed++) {
      const bytes = Buffer.from(whole);
      for (let i = 0; i < 20; i++) bytes[(seed * 7919 + i * 104_729) % bytes.length] ^= 1 << (seed % 8);
      writeFileSync(at('changed.mp4'), bytes);
      const outcome = await readVideo(at('changed.mp4'), { frames: 2, duration: 1, timeout: 20 }).catch(
        (error) => error,
      );
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(InvalidInputError);
      else expect(outcome.frames).toHaveLength(2);
    }
  });
});

it('says how ffmpeg is installed where it is not', async () => {
  const before = process.env['VISUAL_ECHOES_FFMPEG'];
  writeFileSync(at('some.mp4'), 'some');
  writeFileSync(at('no-program'), '#!/bin/sh\nexit 0');
  chmodSync(at('no-program'), 0o600);
  try {
    for (const program of ['/nowhere/ffmpeg', at('no-program')]) {
      process.env['VISUAL_ECHOES_FFMPEG'] = program;
      const read = readVideo(at('some.mp4'), { frames: 1, duration: 1 });
      await expect(read).rejects.toThrow(ConfigurationError);
      await expect(read).rejects.toThrow(/ffmpeg, which was not found\. Install it/);
    }
  } finally {
    if (before === undefined) delete process.env['VISUAL_ECHOES_FFMPEG'];
    else process.env['VISUAL_ECHOES_FFMPEG'] = before;
  }
});
