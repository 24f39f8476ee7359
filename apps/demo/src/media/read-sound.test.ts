import { writeWav } from '@visual-echoes/vq-audio';
import { describe, expect, it } from 'vitest';
import { StudioError } from '../studio/studio-error.js';
import { readSound } from './read-sound.js';
import { turnsDuring } from './turns.test.helper.js';

const fixture = async (name: string) => {
  const response = await fetch(`/packages/vq-audio/fixtures/sounds/${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Blob([await response.arrayBuffer()]);
};

const tone = (seconds: number, rate: number, channels = 1) => ({
  sampleRate: rate,
  channels: Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: seconds * rate }, (_, i) => 0.5 * Math.sin((i * (c + 1)) / 9)),
  ),
});
const wavOf = (...sound: Parameters<typeof tone>) => new Blob([writeWav(tone(...sound))]);

describe('readSound', () => {
  it.each([
    ['mono.mp3', 1],
    ['stereo.mp3', 2],
    ['stereo.ogg', 2],
    ['mono.opus', 1],
    ['stereo.flac', 2],
    ['mono-24.flac', 1],
  ])('reads %s', async (name, channels) => {
    const sound = await readSound(await fixture(name));
    expect(sound.channels).toHaveLength(channels);
    expect(Math.abs(sound.channels[0].length / sound.sampleRate - 0.5)).toBeLessThan(0.06);
  });

  it.each(['stereo.m4a', 'video.mp4', 'video.webm', 'mono.aac', 'mono.aiff'])(
    'reads %s, or says what to do where the browser has no decoder',
    async (name) => {
      const sound = await readSound(await fixture(name)).catch((error) => error);
      if (sound instanceof Error) {
        expect(sound).toMatchObject({
          name: 'StudioError',
          message: expect.stringMatching(/Save it as WAV or MP3/),
        });
      } else expect(sound.channels[0].length / sound.sampleRate).toBeGreaterThan(0.4);
    },
  );

  it.each([8000, 11_025, 22_050, 44_100, 48_000])(
    'gives the samples of WAV at %d Hz as they are',
    async (rate) => {
      const sound = await readSound(wavOf(1, rate, 2));
      const expected = tone(1, rate, 2);
      expect(sound.sampleRate).toBe(rate);
      expect(sound.channels).toHaveLength(2);
      sound.channels.forEach((channel, c) => {
        expect(channel).toHaveLength(rate);
        const worst = channel.reduce(
          (most, x, i) => Math.max(most, Math.abs(x - expected.channels[c][i])),
          0,
        );
        expect(worst).toBeLessThan(2 / 0x8000);
      });
    },
  );

  it('reads WAV at a rate that no browser has', async () => {
    const sound = await readSound(wavOf(1, 2000));
    expect(Math.abs(sound.channels[0].length / sound.sampleRate - 1)).toBeLessThan(0.01);
  });

  it('reads what a page has recorded, whose length is nowhere written', async () => {
    const context = new AudioContext();
    const target = context.createMediaStreamDestination();
    const source = new OscillatorNode(context);
    source.connect(target);
    source.start();
    const recorder = new MediaRecorder(target.stream);
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 700));
    await new Promise((resolve) => {
      recorder.onstop = resolve;
      recorder.stop();
    });
    await context.close();
    const sound = await readSound(new Blob(pieces));
    expect(sound.channels[0].length / sound.sampleRate).toBeGreaterThan(0.3);
  });

  it.each<[string, () => Blob | Promise<Blob>, RegExp]>([
    ['nothing', () => new Blob([]), /empty/],
    ['text', () => new Blob(['hello']), /no sound that can be read/],
    ['noise', () => new Blob([new Uint8Array(5000).fill(77)]), /no sound that can be read/],
    ['a film without sound', () => fixture('no-sound.mp4'), /MP4 or M4A file holds no sound/],
    [
      'silence',
      () => new Blob([writeWav({ sampleRate: 8000, channels: [new Float32Array(8000)] })]),
      /silence/,
    ],
    ['WAV without samples', () => wavOf(0, 8000), /WAV file holds no sound/],
    ['WAV of half a header', () => wavOf(1, 8000).slice(0, 30), /WAV file holds no sound/],
    ['61 s', () => wavOf(61, 8000), /lasts 61 s; 60 s are taken/],
    ['61 s at a rate that no browser has', () => wavOf(62, 2000), /60 s are taken/],
    ['60 MB', () => new Blob([new Uint8Array(60e6)]), /60 MB; 50 are taken/],
    [
      'MP3 that is damaged',
      async () => new Blob([await fixture('mono.mp3').then((mp3) => mp3.slice(0, 40))]),
      /MP3/,
    ],
  ])('refuses %s', async (_, file, message) => {
    const refusal = readSound(await file());
    await expect(refusal).rejects.toBeInstanceOf(StudioError);
    await expect(refusal).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message),
    });
  });

  it('refuses samples that are no numbers', async () => {
    const bytes = writeWav(tone(1, 8000), { bitDepth: 'float' });
    new DataView(bytes.buffer).setFloat32(4000, Number.NaN, true);
    await expect(readSound(new Blob([bytes]))).rejects.toMatchObject({
      name: 'StudioError',
      code: 'invalid-input',
    });
  });

  it('looks at a minute of stereo in pieces', async () => {
    const file = wavOf(60, 44_100, 2);
    expect(await turnsDuring(() => readSound(file))).toBeGreaterThan(20);
  });
});
