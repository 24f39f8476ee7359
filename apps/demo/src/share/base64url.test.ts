import { expect, it } from 'vitest';
import { fromBase64url, toBase64url } from './base64url.js';

it("writes as the browser does, in an address's letters", () => {
  for (let length = 0; length < 40; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 151 + length * 37) & 255);
    const expected = btoa(String.fromCharCode(...bytes))
      .replace(/\+/g, '-')
      .replace(/\//g, '_')
      .replace(/=/g, '');
    expect(toBase64url(bytes)).toBe(expected);
    expect(fromBase64url(expected)).toEqual(bytes);
  }
});

it.each(['A', 'AAAAA', 'AB', 'AAB', 'AA==', 'A+', 'é', 'AAA\n'])('reads nothing from %j', (text) => {
  expect(fromBase64url(text)).toBeUndefined();
});
