import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import sharp from 'sharp';
import { loadModel } from 'visual-echoes/node';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../../apps/cli/src/doctor/find-browser.js';
import { type FileServer, serveFolders } from './serve-folders.js';

const executablePath = findBrowser();
if (!executablePath) console.warn('Pages are not tested: there is no Chromium here.');

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const DIGITS = here('../../../packages/model-digits');
const UMBRELLA = here('../../../packages/visual-echoes');

/** Nothing but files of the page's own site, of no inline script or style, and no text that becomes a program. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; " +
  "connect-src 'self'; worker-src 'self'; media-src blob:";

const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

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
addEventListener('securitypolicyviolation', ({ blockedURI, violatedDirective }) => {
  console.error('violates ' + violatedDirective + ': ' + blockedURI);
});
globalThis.toPicture = toPicture;
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

const page = (script = '<script type="module" src="main.js"></script>') =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>One line</title><link rel="icon" href="data:,">
<img src="/samples/seven.png" alt="a seven">${script}`;

describe.skipIf(!executablePath)('image → audio in one line of a page', () => {
  let browser: Browser;
  let folder: string;
  let expected: Record<string, number[]>;
  const servers: FileServer[] = [];

  const serve = async (...options: Parameters<typeof serveFolders>) => {
    const server = await serveFolders(...options);
    servers.push(server);
    return server;
  };
  const site = (pages: string, headers = {}) =>
    serve(
      { '/': pages, '/models/digits/': DIGITS, '/samples/': join(DIGITS, 'samples'), '/library/': UMBRELLA },
      headers,
    );

  /** Writes the files of a site into a folder of their own. */
  const write = (name: string, files: Record<string, string>) => {
    const at = join(folder, name);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(at, file, '..'), { recursive: true });
      writeFileSync(join(at, file), text);
    }
    return at;
  };

  /** Opens a page; what it complains of is in `complaints`. */
  const open = async (address: string, on: Pick<Browser, 'newPage'> = browser) => {
    const opened = await on.newPage();
    const complaints: string[] = [];
    opened.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    opened.on('pageerror', (error) => complaints.push(error.message));
    await opened.goto(address);
    await opened.waitForFunction('globalThis.run');
    return { page: opened, complaints };
  };
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
    folder = mkdtempSync(join(tmpdir(), 'visual-echoes-pages-'));
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: executablePath!, args });
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

  afterAll(async () => {
    await browser?.close();
    await Promise.all(servers.map((server) => server.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('in a page that Vite built, under a strict policy, over threads', async () => {
    const root = write('vite', {
      'index.html': page('<script type="module" src="./main.js"></script>'),
      'main.js': program('visual-echoes/browser'),
    });
    symlinkSync(here('../../node_modules'), join(root, 'node_modules'));
    await build({ root, base: './', logLevel: 'error', publicDir: false, configFile: false });
    const { address } = await site(join(root, 'dist'), {
      'Content-Security-Policy': POLICY,
      ...ISOLATED,
    });
    const { page: opened, complaints } = await open(`${address}/`);
    const told = await run(opened, `{ backend: 'wasm', threads: 2 }`);
    expectSeven(told);
    expect(told.messages).toEqual([expect.stringContaining('2 threads')]);
    expect(complaints).toEqual([]);
    await opened.close();
  });

  it('in a page without a bundler, below a folder, under the same policy', async () => {
    const pages = write('plain', {
      'below/a/index.html': page(),
      'below/a/main.js': program('../../library/dist/bundle/visual-echoes.js'),
    });
    const { address, requests } = await site(pages, { 'Content-Security-Policy': POLICY, ...ISOLATED });
    const { page: opened, complaints } = await open(`${address}/below/a/`);
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
    const pages = write('again', {
      'index.html': page(),
      'main.js': program('/library/dist/bundle/visual-echoes.js'),
    });
    const { address, requests } = await site(pages);
    const context = await browser.newContext();
    const weights = () => requests.filter((one) => one.startsWith('GET') && one.endsWith('.safetensors'));
    const visit = async () => {
      requests.length = 0;
      const { page: opened } = await open(`${address}/`, context);
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
    const other = await serve(
      { '/': UMBRELLA },
      { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' },
    );
    const pages = write('elsewhere', {
      'index.html': page(),
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
      const { address } = await site(pages, { 'Content-Security-Policy': policy, ...ISOLATED });
      const { page: opened } = await open(`${address}/`);
      const told = await run(opened, `{ backend: 'wasm', threads: 2 }`);
      expectSeven(told);
      expect(told.messages).toEqual([expect.stringContaining(threads)]);
      await opened.close();
    }
  });

  it('of a picture of another site only where that allows it', async () => {
    const samples = { '/': join(DIGITS, 'samples') };
    const other = await serve(samples);
    const allowing = await serve(samples, { 'Access-Control-Allow-Origin': '*' });
    const pages = write('tainted', {
      'index.html': page(),
      'main.js': program('/library/dist/bundle/visual-echoes.js'),
    });
    const { address } = await site(pages);
    const { page: opened } = await open(`${address}/`);
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
