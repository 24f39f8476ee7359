import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Waveform, writeWav } from '@visual-echoes/vq-audio';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { differencesFromTones } from '../../../../packages/vq-audio/src/decode/sounds.test.helper.js';
import { decodeWithFfmpeg } from './ffmpeg.js';
import { readSound } from './read-sound.js';

const fixtures = new URL('../../../../packages/vq-audio/fixtures/sounds/', import.meta.url).pathname;
const fixture = (name: string) => join(fixtures, name);
const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('ffmpeg is not installed: what needs it is skipped');
    return false;
  }
})();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes, typeof bytes === 'string' ? 'latin1' : undefined);
  return path;
}
const withoutFfmpeg = () => vi.stubEnv('VISUAL_ECHOES_FFMPEG', 'there-is-no-such-program');

/** MPEG 2.5 layer 3 of 8 kbit/s and 8 kHz: a frame of 72 bytes is 72 ms, and one without side information is silent. */
function silentMp3(seconds: number): Uint8Array {
  const bytes = new Uint8Array(72 * Math.ceil(seconds / 0.072));
  for (let at = 0; at < bytes.length; at += 72) bytes.set([0xff, 0xe3, 0x18, 0xc4], at);
  return bytes;
}

/** Lossy formats within 6 % (-24 dB) of the tones that they were made of, 16 bits within 1e-4. */
function expectTones(sound: Waveform, name: string): void {
  const limit = /flac|aiff/.test(name) ? 1e-4 : 0.06;
  // An AAC stream of its own cannot say that its first frame, of 1,024 samples, is to be dropped.
  const expected = name.endsWith('.aac') ? 1024 : 0;
  const stereo = /stereo|mp4/.test(name);
  for (const { late, error } of differencesFromTones(sound, { stereo })) {
    expect(error).toBeLessThan(limit);
    expect(late).toBe(expected);
  }
}

const byLibrary = ['mono.mp3', 'stereo.mp3', 'stereo.ogg', 'mono.opus', 'stereo.flac', 'mono-24.flac'];
const byFfmpeg = ['stereo.m4a', 'mono.aac', 'mono.aiff', 'video.mp4', 'video.webm'];

describe('readSound without ffmpeg', () => {
  it.each(byLibrary)('decodes %s', async (name) => {
    withoutFfmpeg();
    expectTones(await readSound(fixture(name)), name);
  });

  it.each(byFfmpeg)('says how to get ffmpeg for %s', async (name) => {
    withoutFfmpeg();
    await expect(readSound(fixture(name))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/is decoded by ffmpeg, which was not found\. Install it \(.+ffmpeg/),
    });
  });
});

describe.skipIf(!hasFfmpeg)('readSound with ffmpeg', () => {
  it.each([...byLibrary, ...byFfmpeg])('decodes %s', async (name) => {
    expectTones(await readSound(fixture(name)), name);
  });

  it('goes by the content, whatever the name', async () => {
    const path = put('-song:1.wav', readFileSync(fixture('stereo.m4a')));
    expectTones(await readSound(path), 'stereo.m4a');
  });

  it('says that a video has no sound track', async () => {
    await expect(readSound(fixture('no-sound.mp4'))).rejects.toThrow(
      /no-sound\.mp4: the MP4 or M4A file has no sound track/,
    );
  });

  it('gives what is there of a video that is cut off, or says that it is damaged', async () => {
    const video = readFileSync(fixture('video.webm'));
    const { channels } = await readSound(put('cut.webm', video.subarray(0, video.length * 0.7)));
    expect(channels[0].length).toBeGreaterThan(4800);
    const broken = put('cut.mp4', readFileSync(fixture('video.mp4')).subarray(0, 2000));
    await expect(readSound(broken)).rejects.toThrow(/cut\.mp4: the MP4 or M4A file is damaged .*ffmpeg: /);
  });

  it('opens no file that another names', async () => {
    const secret = put('secret.wav', writeWav({ sampleRate: 8000, channels: [new Float32Array(8000)] }));
    const playlist = put('list.mp3', `#EXTM3U\n#EXTINF:1,\n${secret}\n`);
    await expect(readSound(playlist)).rejects.toThrow(/no sound that is read here/);
    const concat = put('list.ogg', `ffconcat version 1.0\nfile ${secret}\n`);
    await expect(readSound(concat)).rejects.toThrow(/no sound that is read here/);
  });
});

describe.each([
  ['ffmpeg', hasFfmpeg],
  ['a library', true],
])('what should not be there, by %s', (decoder, available) => {
  it.skipIf(!available).each([
    ['an empty file', 'empty.mp3', '', /0 bytes/],
    ['text', 'text.ogg', 'hello', /no sound that is read here \(WAV, MP3/],
    ['a tag and nothing else', 'tag.mp3', `ID3\x04\0\0\0\0\0\0${'\0'.repeat(500)}`, /MP3 file is damaged/],
    ['a FLAC header alone', 'head.flac', `fLaC\x80\0\0\x22${'\0'.repeat(34)}`, /FLAC file is damaged/],
    ['an Ogg page of nothing', 'page.opus', `OggS\0\x02${'\0'.repeat(21)}`, /Ogg.*(damaged|not found)/],
  ])('%s', async (_, name, content, message) => {
    if (decoder !== 'ffmpeg') withoutFfmpeg();
    const start = performance.now();
    await expect(readSound(put(name, content))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message),
    });
    expect(performance.now() - start).toBeLessThan(60_000); // the bar of ten is for a machine that does nothing else
  });

  it.skipIf(!available)('an hour of silence', async () => {
    if (decoder !== 'ffmpeg') withoutFfmpeg();
    const { sampleRate, channels } = await readSound(put('second.mp3', silentMp3(1)));
    expect(sampleRate).toBe(8000);
    expect(channels[0].every((x) => Math.abs(x) < 1e-4)).toBe(true);
    await expect(readSound(put('hour.mp3', silentMp3(3600)))).rejects.toThrow(
      /hour\.mp3: the sound lasts more than the limit of 600 s/i,
    );
  });
});

it('refuses samples that are no numbers', async () => {
  const bytes = writeWav({ sampleRate: 8000, channels: [new Float32Array(100)] }, { bitDepth: 'float' });
  new DataView(bytes.buffer).setFloat32(84, Number.NaN, true);
  await expect(readSound(put('nan.wav', bytes))).rejects.toThrow(/nan\.wav: Sample 10 .* NaN/);
});

it.skipIf(process.platform === 'win32')('ends an ffmpeg that does not end', async () => {
  const program = put('ffmpeg', '#!/bin/sh\nsleep 30\n');
  chmodSync(program, 0o755);
  vi.stubEnv('VISUAL_ECHOES_FFMPEG', program);
  await expect(decodeWithFfmpeg('x.mp3', 'mp3', { timeout: 0.2 })).rejects.toThrow(/longer than 0\.2 s/);
});
