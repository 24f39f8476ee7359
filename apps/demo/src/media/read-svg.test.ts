import { describe, expect, it } from 'vitest';
import { readSvg } from './read-svg.js';

const read = async (text: string) => readSvg(new TextEncoder().encode(text), 100)?.text();

describe('readSvg', () => {
  it.each([
    ['<svg width="5" height="10">x</svg>', '<svg width="50" height="100" viewBox="0 0 5 10">x</svg>'],
    [
      "<svg viewBox='0,0 5 10' fill='a>b'/>",
      '<svg fill=\'a>b\' width="50" height="100" viewBox="0 0 5 10"/>',
    ],
    [
      '<?xml version="1.0"?>\n<!-- a <svg> --><!DOCTYPE svg PUBLIC "a" "b" [ <!ENTITY c "d"> ]>\n<svg\nwidth="1in"\theight = "96"\n>',
      '<?xml version="1.0"?>\n<!-- a <svg> --><!DOCTYPE svg PUBLIC "a" "b" [ <!ENTITY c "d"> ]>\n<svg\n width="100" height="100" viewBox="0 0 96 96">',
    ],
    [
      '<s:svg xmlns:s="u" stroke-width="7" width="50%" viewBox="0 0 9 9"></s:svg>',
      '<s:svg xmlns:s="u" stroke-width="7" width="100" height="100" viewBox="0 0 9 9"></s:svg>',
    ],
  ])('gives %j its size', async (text, expected) => {
    expect(await read(text)).toBe(expected);
  });

  it.each(['', 'hello', '<html>', '<svgs width="1" height="1">', '\x89PNG'])(
    'takes %j for no SVG',
    async (text) => {
      expect(await read(text)).toBeUndefined();
    },
  );

  it.each([
    '<svg ',
    '<?xml version="1.0"?><html/>',
    '<svg width="1',
    `<svg ${'a '.repeat(1e5)}`,
    `<!--${'--'.repeat(1e5)}`,
    `${'<!---->'.repeat(1e5)}<html>`,
    `<svg ${'a="b" '.repeat(1e5)}`,
  ])('refuses what is damaged, at once', async (text) => {
    const started = performance.now();
    await expect(read(text)).rejects.toThrow(/damaged/);
    expect(performance.now() - started).toBeLessThan(100);
  });
});
