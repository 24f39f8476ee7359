import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWav } from '@visual-echoes/vq-audio';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, visualEchoes } from '../cli.test.helper.js';

const MODEL = fileURLToPath(new URL('../../../../packages/model-sounds', import.meta.url));
const SAMPLES = join(MODEL, 'samples');

let home: string;
beforeAll(() => {
  build();
  home = mkdtempSync(join(tmpdir(), 'everyday-things-'));
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const generate = (...args: string[]) =>
  visualEchoes(['generate', '--model', MODEL, '--json', ...args], { cwd: home });

describe('the model of everyday things', () => {
  it('takes most sample drawings for what they are, and makes five seconds of sound of each', async () => {
    const pictures = readdirSync(SAMPLES).filter((name) => name.endsWith('.png'));
    const made = await generate(...pictures.map((name) => join(SAMPLES, name)), '--out', 'sounds');
    expect(made.code, made.stderr).toBe(0);
    const { results } = JSON.parse(made.stdout) as { results: { label: string }[] };
    const right = results.filter(({ label }, i) => label.replace('_', '-') === pictures[i].slice(0, -4));
    expect(right.length).toBeGreaterThanOrEqual(7);
    const { sampleRate, channels } = readWav(readFileSync(join(home, 'sounds/dog.wav')));
    expect(sampleRate).toBe(22_050);
    expect(channels[0].length / sampleRate).toBeCloseTo(4.83, 1);
    expect((await generate(join(SAMPLES, 'dog.png'))).code).toBe(0);
    expect(readFileSync(join(home, 'dog.wav'))).toEqual(readFileSync(join(home, 'sounds/dog.wav')));
  }, 240_000);

  it('makes a picture in colour of a sound', async () => {
    expect(await generate(join(SAMPLES, 'rooster.wav'))).toMatchObject({ code: 0 });
    const { width, height, channels } = await sharp(join(home, 'rooster.png')).metadata();
    expect([width, height, channels]).toEqual([64, 64, 3]);
  }, 120_000);
});
