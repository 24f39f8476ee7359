import { expect, it } from 'vitest';
import { decodeSound } from '../decode/decode-sound.js';
import { soundFixture } from '../decode/sounds.test.helper.js';
import { decodeSoundInThread } from './decode-sound-in-thread.js';

it('gives what decodeSound gives', async () => {
  const bytes = soundFixture('stereo.flac');
  expect(await decodeSoundInThread(bytes)).toEqual(await decodeSound(bytes));
});

it('hands typed errors on, and ends when the time is over', async () => {
  await expect(decodeSoundInThread(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(/no known format/),
  });
  await expect(decodeSoundInThread(soundFixture('mono.mp3'), { timeout: 0 })).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(/not decoded within 0 s/),
  });
});
