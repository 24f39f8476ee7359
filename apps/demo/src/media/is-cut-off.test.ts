import { expect, it } from 'vitest';
import { isCutOff } from './is-cut-off.js';

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part)),
  );

const scan = [0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0, 4];

it('does not take the end of the small picture in a photograph for its own', () => {
  const small = [0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9];
  expect(isCutOff(bytes('\xff\xd8', small, scan))).toBe(true);
  expect(isCutOff(bytes('\xff\xd8', small, scan, [0xff, 0xd9]))).toBe(false);
});

it('allows what follows a picture', () => {
  expect(isCutOff(bytes('\xff\xd8', scan, [0xff, 0xd9], 'a film'))).toBe(false);
  expect(isCutOff(bytes('\x89PNG\r\n\x1a\n', [0, 0, 0, 0], 'IEND', [0, 0, 0, 0], 'more'))).toBe(false);
  expect(isCutOff(bytes('RIFF', [8, 0, 0, 0], 'WEBPVP8 ', 'more'))).toBe(false);
});

it('says nothing of other files, however they begin', () => {
  for (const text of ['', 'GIF89a', 'RIFF', 'hello', '\x89PN']) expect(isCutOff(bytes(text))).toBe(false);
  for (const text of ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', '\xff\xd8\xff\xff\xff\xff', 'RIFF\0\0\0\0WEBP']) {
    expect(isCutOff(bytes(text))).toBe(true);
  }
});
