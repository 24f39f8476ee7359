import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { loadModel } from 'visual-echoes/node';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DIGITS,
  hasChromium,
  ISOLATED,
  PageLab,
  POLICY,
  pageOf,
  UMBRELLA,
  WATCH_POLICY,
} from './page-lab.test.helper.js';

/** What a page tells of the sound that it made. */
interface Told {
  label: string;
  samples: number;
  loudest: number;
  tokens: Record<string, number[]>;
  wav: { type: string; size: number };
  messages: string[];
  shares: number[];
}

/** The page's program: `from` is where it takes the library from. */
const program = (from: string) => `
import { imageToAudio, toPicture } from ${JSON.stringify(from)};
${WATCH_POLICY}globalThis.toPicture = toPicture;
globalThis.ready = true;
globalThis.run = async (options) => {
  const [messages, shares] = [[], []];
  const { label, sound, tokens, wav } = await imageToAudio(document.querySelector('img'), {
    model: '/models/digits/',
    seed: 7,
    onMessage: (line) => messages.push(line),
    onProgress: (share) => shares.push(share),
    ...options,
  });
  const [samples] = sound.channels;
  return {
    label,
    samples: samples.length,
    loudest: samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0),
    tokens: Object.fromEntries(Object.entries(tokens).map(([name, ids]) => [name, [...ids]])),
    wav: { type: wav.type, size: wav.size },
    messages,
    shares,
  };
};
`;

const page = pageOf('<img src="/samples/seven.png" alt="a seven">');

describe.skipIf(!hasChromium)('image → audio in one line of a page', () => {
  let lab: PageLab;
  let expected: Record<string, number[]>;

  const run = async (opened: Page, options = '{}') => (await opened.evaluate(`run(${options})`)) as Told;

  const expectSeven = (told: Told) => {
    expect(told.label).toBe('seven');
    expect(told.samples).toBeGreaterThan(7_000);
    expect(told.samples).toBeLessThan(9_000);
    expect(told.loudest).toBeGreaterThan(0.05);
    expect(told.tokens).toEqual(expected);
    expect(told.wav).toEqual({ type: 'audio/wav', size: 44 + 2 * told.samples });
    expect(told.shares).toEqual([...told.shares].sort((a, b) => a - b));
    expect(told.shares.at(-1)).toBe(1);
  };

  beforeAll(async () => {
    lab = await PageLab.open();
    const { data, info } = await sharp(join(DIGITS, 'samples/seven.png'))
      .removeAlpha()
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    const model = await loadModel(DIGITS, { backend: 'wasm' });
    const { tokens } = await model.imageToAudio({ width, height, channels: 1, data }, { seed: 7 });
    expected = Object.fromEntries(Object.entries(tokens).map(([name, ids]) => [name, [...ids]]));
    model.dispose();
  });

  afterAll(() => lab?.close());

  it('in a page that Vite built, under a strict policy, over threads', async () => {
    const root = lab.write('vite', {
      'index.html': page,
      'main.js': program('visual-echoes/browser'),
    });
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(root, 'node_modules'));
    await build({ root, base: './', logLevel: 'error', publicDir: false, configFile: false });
    const { address } = await lab.site(join(root, 'dist'), {
      'Content-Security-Policy': POLICY,
      ...ISOLATED,
    });
    const { page: opened, complaints } = await lab.visit(`${address}/`);
    const told = await run(opened, `{ backend: 'wasm', threads: 2 }`);
    expectSeven(told);
    expect(told.messages).toEqual([expect.stringContaining('2 threads')]);
    expect(complaints).toEqual([]);
    await opened.close();
  });

  it('in a page without a bundler, below a folder, under the same policy', async () => {
    const pages = lab.write('plain', {
      'below/a/index.html': page,
      'below/a/main.js': program('../../library/dist/bundle/visual-echoes.js'),
    });
    const { address, requests } = await lab.site(pages, { 'Content-Security-Policy': POLICY, ...ISOLATED });
    const { page: opened, complaints } = await lab.visit(`${address}/below/a/`);
    const told = await run(opened, `{ backend: 'wasm', threads: 2 }`);
    expectSeven(told);
    expect(told.messages).toEqual([expect.stringContaining('2 threads')]);
    expect(complaints).toEqual([]);
    // The other engines stay where they are.
    expect(requests.filter((one) => /webgpu|webgl|libsamplerate/.test(one))).toEqual([]);
    // The model is kept, and the next call needs nothing.
    requests.length = 0;
    expectSeven(await run(opened));
    expect(requests).toEqual([]);
    await opened.close();
  });

  it('from the cache at the next visit, and without the server of the model', async () => {
    const pages = lab.write('again', {
      'index.html': page,
      'main.js': program('/library/dist/bundle/visual-echoes.js'),
    });
    const { address, requests } = await lab.site(pages);
    const context = await lab.browser.newContext();
    const weights = () => requests.filter((one) => one.startsWith('GET') && one.endsWith('.safetensors'));
    const visit = async () => {
      requests.length = 0;
      const { page: opened } = await lab.visit(`${address}/`, context);
      const told = await run(opened, `{ backend: 'wasm' }`);
      // What is kept is kept after the sound is there.
      await opened.waitForFunction(
        `caches.open('visual-echoes').then((c) => c.keys()).then((k) => k.length === 5)`,
      );
      await opened.close();
      expectSeven(told);
    };
    await visit();
    expect(weights()).toHaveLength(4);
    await visit();
    expect(weights()).toEqual([]);
    await context.route('**/models/digits/**', (route) => route.abort());
    await visit();
    expect(requests.filter((one) => one.includes('/models/'))).toEqual([]);
    await context.close();
  });

  it('by a bundle from another site, whose threads start from a text', async () => {
    const other = await lab.serve(
      { '/': UMBRELLA },
      { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' },
    );
    const pages = lab.write('elsewhere', {
      'index.html': page,
      'main.js': program(`${other.address}/dist/bundle/visual-echoes.js`),
    });
    const own = POLICY.replace("script-src 'self'", `script-src 'self' ${other.address}`).replace(
      "connect-src 'self'",
      `connect-src 'self' ${other.address}`,
    );
    for (const [policy, threads] of [
      [own.replace("worker-src 'self'", "worker-src 'self' blob:"), '2 threads'],
      [own, '1 thread)'],
    ]) {
      const { address } = await lab.site(pages, { 'Content-Security-Policy': policy, ...ISOLATED });
      const { page: opened } = await lab.visit(`${address}/`);
      const told = await run(opened, `{ backend: 'wasm', threads: 2 }`);
      expectSeven(told);
      expect(told.messages).toEqual([expect.stringContaining(threads)]);
      await opened.close();
    }
  });

  it('in a Web Worker, over threads that it starts itself', async () => {
    const pages = lab.write('worker', {
      'index.html': page,
      'worker.js': `
import { imageToAudio } from '/library/dist/bundle/visual-echoes.js';
onmessage = async ({ data }) => {
  const messages = [];
  const options = { model: '../models/digits/', seed: 7, threads: 2, onMessage: (line) => messages.push(line) };
  const { label, tokens } = await imageToAudio(data, options);
  postMessage({ label, messages, audio: [...tokens.audio] });
};`,
      'main.js': `
const worker = new Worker('worker.js', { type: 'module' });
globalThis.run = async () => {
  const told = new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
  worker.postMessage(await (await fetch('/samples/seven.png')).blob());
  return told;
};
globalThis.ready = true;`,
    });
    const { address } = await lab.site(pages, { 'Content-Security-Policy': POLICY, ...ISOLATED });
    const { page: opened } = await lab.visit(`${address}/`);
    expect(await opened.evaluate('run()')).toEqual({
      label: 'seven',
      messages: [expect.stringContaining('2 threads')],
      audio: expected['audio'],
    });
    await opened.close();
  });

  it('of a picture of another site only where that allows it', async () => {
    const samples = { '/': join(DIGITS, 'samples') };
    const other = await lab.serve(samples);
    const allowing = await lab.serve(samples, { 'Access-Control-Allow-Origin': '*' });
    const pages = lab.write('tainted', {
      'index.html': page,
      'main.js': program('/library/dist/bundle/visual-echoes.js'),
    });
    const { address } = await lab.site(pages);
    const { page: opened } = await lab.visit(`${address}/`);
    const read = (src: string, crossOrigin?: string) =>
      opened.evaluate(
        `toPicture(Object.assign(new Image(), ${JSON.stringify({ crossOrigin, src })})).then(
          ({ width }) => width, ({ name, message }) => name + ': ' + message)`,
      );
    expect(await read(`${other.address}/seven.png`)).toMatch(/^InvalidInputError: .*another site/);
    expect(await read(`${other.address}/seven.png`, 'anonymous')).toMatch(/could not be loaded/);
    expect(await read(`${allowing.address}/seven.png`, 'anonymous')).toBe(28);
    await opened.close();
  });
});
