import { describe, expect, it } from 'vitest';
import { writeWav } from '../wav/write-wav.js';
import { decodeSound } from './decode-sound.js';
import { soundFormat } from './sound-format.js';
import { differencesFromTones, soundFixture } from './sounds.test.helper.js';

const bytesOf = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('soundFormat', () => {
  it.each([
    ['mono.mp3', 'mp3'],
    ['stereo.mp3', 'mp3'],
    ['stereo.ogg', 'ogg-vorbis'],
    ['mono.opus', 'ogg-opus'],
    ['stereo.flac', 'flac'],
    ['stereo.m4a', 'mp4'],
    ['video.mp4', 'mp4'],
    ['video.webm', 'webm'],
    ['mono.aac', 'aac'],
    ['mono.aiff', 'aiff'],
  ])('tells %s by its content', (name, format) => {
    expect(soundFormat(soundFixture(name))).toBe(format);
  });

  it('looks behind an ID3 tag', () => {
    const tag = bytesOf('ID3\x04\0\0\0\0\0\x05tag..');
    expect(soundFormat(Uint8Array.of(...tag, ...bytesOf('fLaC\0\0\0\x22')))).toBe('flac');
    expect(soundFormat(Uint8Array.of(...tag, 0xff, 0xf1, 0x50, 0x80, 0))).toBe('aac');
    expect(soundFormat(tag)).toBe('mp3');
  });

  it.each([
    ['JPEG', '\xff\xd8\xff\xe0'],
    ['AVIF', '\0\0\0\x20ftypavif'],
    ['WebP', 'RIFF\0\0\0\0WEBPVP8 '],
    ['text', 'hello'],
    ['UTF-16', '\xff\xfeh\0e\0'],
    ['nothing', ''],
  ])('takes %s for no sound', (_, head) => {
    expect(soundFormat(bytesOf(head))).toBeUndefined();
  });
});

describe('decodeSound', () => {
  // Of lossy formats 6 % (-24 dB) is what the encoder loses at these rates; 16 bits without loss are 1e-4.
  it.each([
    ['mono.mp3', 22050, 0.06],
    ['stereo.mp3', 44100, 0.06],
    ['stereo.ogg', 22050, 0.06],
    ['mono.opus', 48000, 0.06],
    ['stereo.flac', 22050, 1e-4],
    ['mono-24.flac', 8000, 1e-6],
  ])('gives the samples of %s at their place', async (name, sampleRate, limit) => {
    const sound = await decodeSound(soundFixture(name));
    expect(sound.sampleRate).toBe(sampleRate);
    const seconds = sound.channels[0].length / sampleRate;
    expect(Math.abs(seconds - 0.5)).toBeLessThan(0.01);
    for (const { late, error } of differencesFromTones(sound, { stereo: name.startsWith('stereo') })) {
      expect(late).toBe(0);
      expect(error).toBeLessThan(limit);
    }
  });

  it('reads WAV as readWav does', async () => {
    const samples = Float32Array.of(0, 0.5, -0.5);
    expect(await decodeSound(writeWav({ sampleRate: 8000, channels: [samples] }))).toEqual({
      sampleRate: 8000,
      channels: [samples],
    });
  });

  it.each(['stereo.mp3', 'stereo.ogg', 'mono.opus', 'stereo.flac'])(
    'gives what is there of %s that is cut off',
    async (name) => {
      const whole = soundFixture(name);
      const { channels, sampleRate } = await decodeSound(whole.subarray(0, Math.floor(whole.length * 0.8)));
      expect(channels[0].length / sampleRate).toBeGreaterThan(0.2);
      expect(channels[0].length / sampleRate).toBeLessThan(0.5);
    },
  );

  it.each([
    ['stereo.m4a', /MP4 or M4A; WAV, MP3, .* are decoded\..*ffmpeg/],
    ['video.webm', /WebM or Matroska/],
  ])('names the format of %s, which it does not decode', async (name, message) => {
    await expect(decodeSound(soundFixture(name))).rejects.toThrow(message);
  });

  it('refuses what is empty, unknown, without sound or too long, by a typed error', async () => {
    for (const [bytes, message] of [
      [new Uint8Array(), /0 bytes/],
      [bytesOf('hello'), /no known format/],
      [Uint8Array.of(...bytesOf('ID3\x04\0\0\0\0\0\0'), ...new Uint8Array(500)), /MP3 file is damaged/],
      [soundFixture('stereo.flac').slice(0, 60), /FLAC file is damaged/],
      [soundFixture('stereo.ogg').slice(0, 100), /Ogg Vorbis file is damaged/],
    ] as const) {
      await expect(decodeSound(bytes)).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringMatching(message),
      });
    }
    for (const name of ['stereo.flac', 'mono.mp3', 'mono.opus', 'stereo.ogg']) {
      await expect(decodeSound(soundFixture(name), { maxDuration: 0.25 })).rejects.toThrow(
        /more than the limit of 0.25 s/,
      );
    }
  });
});
