import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as sampler from './index.js';

it("prints what the README says that its example prints, with a predictor that is not the project's", async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, code, output] = /```js\n([\s\S]*?)```[\s\S]*?```\n([\s\S]*?)```/.exec(readme)!;
  const body = code.replace(/^import (\{.*\}) from '@visual-echoes\/sampler';$/m, 'const $1 = sampler;');
  const printed: string[] = [];
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await new AsyncFunction('sampler', 'console', body)(sampler, { log: (line: string) => printed.push(line) });
  expect(printed).toEqual(output.trim().split('\n'));
});
