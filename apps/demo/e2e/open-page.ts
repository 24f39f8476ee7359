import { fileURLToPath } from 'node:url';
import { findBrowser } from '@visual-echoes/cli/dist/doctor/find-browser.js';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { serve } from '../server/serve.mjs';
import type { Studio } from '../src/studio/studio.js';
import type { Session } from '../src/ui/state/session.js';

declare global {
  // What the page shows of itself with `?debug`.
  var studio: Studio;
  var session: Session;
}

/** What the fake microphone hears, again and again: a spoken three. */
const VOICE = fileURLToPath(
  new URL('../../../packages/model-digits/samples/three-jackson.wav', import.meta.url),
);

/** Why nothing can be tested here; undefined where it can. */
export const whyNoBrowser = (): string | undefined =>
  findBrowser() ? undefined : 'no Chromium here: apt-get install chromium, or name one in CHROMIUM';

/** A page in a browser of its own, with the server that it comes from. */
export interface OpenPage {
  page: Page;
  browser: Browser;
  address: string;
  /** What the console and the page complained of. */
  complaints: string[];
  /** The server ends, as a network does. */
  goOffline(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** Waits for the model. true */
  ready?: boolean;
  /** The model that the address names; none, where left out. */
  model?: string;
  /** Of wasm; the page leaves one core free, where left out. */
  threads?: number;
  /** Served as by a host that knows nothing of the page. */
  plain?: boolean;
  /** Is told what each answer of the server weighed. */
  onSent?: (file: string, bytes: number) => void;
  /** Runs in the page before its own program. */
  before?: () => void;
}

/** Opens the built page from a sub-path, in a window of the size of a desk. */
export async function openPage({
  ready = true,
  model,
  threads,
  plain = false,
  onSent,
  before,
  ...options
}: OpenOptions = {}): Promise<OpenPage> {
  const server = await serve({ path: '/some/path/', plain, ...(onSent && { onSent }) });
  const browser = await chromium.launch({
    executablePath: findBrowser()!,
    args: [
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${VOICE}`,
      '--autoplay-policy=no-user-gesture-required',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['microphone', 'camera', 'clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  if (before) await page.addInitScript(before);
  const search = new URLSearchParams({
    debug: '',
    ...(threads !== undefined && { threads: String(threads) }),
    ...(model !== undefined && { model }),
  });
  await page.goto(`${server.address}?${search}`);
  if (ready) await waitUntilReady(page);
  let isServing = true;
  const goOffline = async () => {
    if (isServing) await server.close();
    isServing = false;
  };
  return {
    page,
    browser,
    address: server.address,
    complaints,
    goOffline,
    close: async () => {
      await browser.close();
      await goOffline();
    },
  };
}

/** Waits until the model can be used. */
export async function waitUntilReady(page: Page, timeout = 300_000): Promise<void> {
  await page.waitForFunction(() => globalThis.studio?.state.value.phase === 'ready', undefined, { timeout });
}

/** The tasks, by the names of their tabs. */
export const TASKS = [
  ['draw', 'imageToAudio'],
  ['speak', 'audioToImage'],
  ['dream', 'coGenerate'],
  ['repair', 'complete'],
] as const;

/** One finished run of the page, in what a message can carry. */
export interface FinishedRun {
  task: (typeof TASKS)[number][1];
  canvas: Record<string, number[]>;
  seed: number;
  steps: { tokens: Record<string, number[]> }[];
  results: {
    tokens: Record<string, number[]>;
    label: string;
    samples: number[];
    sampleRate: number;
    pixels: number[];
  }[];
}

/** Goes to a task, presses its button, waits for the results, and reads them. */
export async function generateByClicks(
  page: Page,
  task: FinishedRun['task'],
  { timeout = 300_000 }: { timeout?: number } = {},
): Promise<FinishedRun> {
  await page.getByTestId('generate').click();
  await page.waitForFunction(
    (name) => session.busy.value === undefined && session.runs[name].value?.results.value,
    task,
    { timeout },
  );
  return readRun(page, task);
}

/** The latest run of a task. */
export const readRun = (page: Page, task: FinishedRun['task']): Promise<FinishedRun> =>
  page.evaluate((name) => {
    const plain = (tokens: Record<string, Int32Array>) =>
      Object.fromEntries(Object.entries(tokens).map(([field, values]) => [field, [...values]]));
    const { request, reports, results } = session.runs[name].value!;
    return {
      task: request.task,
      canvas: plain(request.canvas),
      seed: request.seed,
      steps: reports.value.map(({ variations }) => ({ tokens: plain(variations[0].tokens) })),
      results: results.value!.map(({ tokens, label = '', sound, picture }) => ({
        tokens: plain(tokens),
        label,
        samples: [...sound.channels[0]],
        sampleRate: sound.sampleRate,
        pixels: [...picture.data],
      })),
    };
  }, task);
