import { readFileSync } from 'node:fs';
import * as core from '@visual-echoes/core';
import { expect, it } from 'vitest';
import * as metrics from './index.js';

it('prints what the README says that its example prints', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, code, output] = /```js\n([\s\S]*?)```[\s\S]*?```\n([\s\S]*?)```/.exec(readme)!;
  const body = code.replace(/^import (\{.*\}) from '@visual-echoes\/(core|metrics)';$/gm, 'const $1 = $2;');
  const printed: string[] = [];
  const log = (...words: string[]) => printed.push(words.join(' '));
  new Function('core', 'metrics', 'console', body)(core, metrics, { log });
  expect(printed).toEqual(output.trim().split('\n'));
});
