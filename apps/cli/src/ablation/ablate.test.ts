import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectBackend } from 'visual-echoes/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, visualEchoes } from '../cli.test.helper.js';
import { writeTinyData, writeTinyModelWithJudges } from './tiny-evaluation.test.helper.js';

let cwd: string;

beforeAll(async () => {
  build();
  cwd = mkdtempSync(join(tmpdir(), 'ablate-'));
  await selectBackend({ prefer: 'wasm' });
  await writeTinyModelWithJudges(join(cwd, 'model'));
  await writeTinyData(join(cwd, 'data'));
}, 120_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const ablate = (args: string[], options: { interruptAt?: RegExp } = {}) =>
  visualEchoes(['ablate', ...args, '--model', 'model', '--data', 'data'], { cwd, ...options });
const small = ['--limit', '8', '--seeds', '2'];
const points = (out: string) => readdirSync(join(cwd, out, 'points')).sort();
const text = (path: string) => readFileSync(join(cwd, path), 'utf8');

// Commands are started, one after the other.
describe('visual-echoes ablate', { timeout: 300_000 }, () => {
  it('says how it is used, and what is wrong with a command', async () => {
    const help = await visualEchoes(['ablate', '--help'], { cwd });
    expect(help).toMatchObject({ code: 0 });
    expect(help.stdout).toMatch(/guidance.*temperature-steps/s);
    for (const [args, message, code] of [
      [['volume'], /Allowed choices are guidance/, 2],
      [['guidance', '--guidance', '1,x'], /must be a number of at least 0/, 2],
      [['order', '--order', 'spiral'], /There is no order "spiral"/, 2],
      [['guidance', '--tasks', 'both'], /There is no task "both"/, 2],
      [['mask-ratio'], /name them with --models/, 2],
      [['guidance', '--models', 'a=b'], /--models goes with mask-ratio and drop/, 2],
      [['guidance', '--test', '--validation'], /name one/, 2],
      [['guidance', '--steps', '2,4'], /steps is 2,4, but guidance varies guidance only/, 1],
      [['mask-ratio', '--models', '0.5=model'], /names 1 model; give two or more/, 1],
      [['mask-ratio', '--models', '0.5=model,0.6=data'], /data holds no visual-echoes.json/, 1],
      [['guidance', '--classifiers', 'data'], /No classifiers in data/, 1],
    ] as const) {
      const { stderr, code: found } = await ablate([...args]);
      expect(stderr).toMatch(message);
      expect(found).toBe(code);
    }
  });

  it('writes data and plots, goes on after Ctrl-C, and gives the same data again', async () => {
    const args = ['guidance', '--guidance', '1,2', '--steps', '2', ...small];
    const stopped = await ablate([...args, '--out', 'a'], { interruptAt: /seed-1_\w+ measured/ });
    expect(stopped.code).toBe(130);
    const before = points('a');
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(12);
    expect(before.every((name) => name.endsWith('.json'))).toBe(true); // no claim is left
    // What a killed process leaves: a claim of nobody, and half a file beside.
    const rest = `${before[0].replace(/seed-1_/, 'seed-2_')}`;
    writeFileSync(join(cwd, 'a/points', `${rest}.claim`), JSON.stringify({ pid: 2 ** 30, host: hostname() }));
    writeFileSync(join(cwd, 'a/points', `${rest}.9.part`), '{');
    const whole = await ablate([...args, '--out', 'a']);
    expect(whole.code).toBe(0);
    expect(whole.stdout).toContain('a/guidance.svg');
    for (const name of before) expect(whole.stderr).not.toContain(`${name.replace('.json', '')} measured`);
    expect(points('a').filter((name) => name.endsWith('.json'))).toHaveLength(12); // 2 · 2 · 2 and 4 of real data

    const again = await ablate([...args, '--out', 'b', '--json']);
    expect(again.code).toBe(0);
    expect(text('a/guidance.json')).toBe(text('b/guidance.json'));
    expect(text('a/guidance.csv')).toBe(text('b/guidance.csv'));
    expect(text('a/guidance.svg')).toBe(text('b/guidance.svg'));
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(text('b/guidance.json')));
    const lines = text('a/guidance.csv').trim().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe(
      'direction,guidance,samples,correct,accuracy,accuracy_low,accuracy_high,frechet,frechet_low,frechet_high',
    );
    expect(lines[1]).toMatch(/^image-to-audio,1,8,/);

    // Another temperature is another point: nothing of the old ones stands for it.
    const other = await ablate([...args, '--temperature', '0.5', '--tasks', 'audio-to-image', '--out', 'a']);
    expect(other.stderr).toContain('guidance-1_temperature-0.5_steps-2');
  });

  it('measures steps, temperatures and orders in one stage too, and models side by side', async () => {
    const stages = ['--sampling', 'one-stage', '--tasks', 'audio-to-image', '--limit', '4', '--seeds', '1'];
    const circles = await ablate([
      ...['temperature-steps', '--steps', '1,2', '--choice-temperature', '0,4.5', ...stages, '--out', 'c'],
    ]);
    expect(circles.stderr).toContain('one-stage_choiceTemperature-4.5_steps-2');
    expect(JSON.parse(text('c/temperature-steps.json')).axes).toEqual(['steps', 'choiceTemperature']);
    const orders = await ablate(['order', '--steps', '1,2', ...stages, '--out', 'c']);
    expect(orders.code).toBe(0);
    expect(text('c/order.svg')).toContain('Halton');

    for (const [name, mean] of [
      ['low', 0.5],
      ['high', 0.7],
    ] as const) {
      mkdirSync(join(cwd, 'runs', name), { recursive: true });
      await writeTinyModelWithJudges(join(cwd, 'runs', name, 'model'));
      writeFileSync(
        join(cwd, 'runs', name, 'configuration.json'),
        JSON.stringify({ masking: { ratio: { mean } } }),
      );
    }
    const ratios = await ablate([
      'mask-ratio',
      '--models',
      'runs',
      ...stages,
      '--out',
      'c',
      '--classifiers',
      'model/evaluation',
    ]);
    expect(ratios.stderr).toContain('model-0.5');
    expect(ratios.stdout).toMatch(/0\.5: \w+ in runs.low.model \(\w{12}\), 0\.7: \w+ in runs.high.model \(/);
    const data = JSON.parse(text('c/mask-ratio.json'));
    expect(data.models.map((model: { value: string }) => model.value)).toEqual(['0.5', '0.7']);
    expect(data.points).toHaveLength(2);
  });
});
