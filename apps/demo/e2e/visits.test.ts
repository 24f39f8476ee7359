import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { againInNode } from './in-node.js';
import {
  type FinishedRun,
  generateByClicks,
  openPage,
  TASKS,
  waitUntilReady,
  whyNoBrowser,
} from './open-page.js';

/** The service worker has the page in its hands, and each file that it knows of; the page has its model. */
const whenKept = (page: Page) =>
  page.waitForFunction(
    async () => {
      const { active } = await navigator.serviceWorker.ready;
      if (active?.state !== 'activated') return false;
      const [name] = (await caches.keys()).filter((one) => one.startsWith('page '));
      const model = await (await caches.open('visual-echoes')).keys();
      const kept = new Set(name ? (await (await caches.open(name)).keys()).map(({ url }) => url) : []);
      const program = await (await fetch('service-worker.js')).text();
      const { shell, rest, samples } = JSON.parse(/^const FILES = (.*);$/m.exec(program)![1]);
      const isKept = (file: string) => kept.has(new URL(file, document.baseURI).href);
      return model.length >= 5 && [...shell, ...rest, ...samples.digits].every(isKept);
    },
    undefined,
    { timeout: 60_000, polling: 500 },
  );

describe.skipIf(whyNoBrowser())('visits', () => {
  it('the second does all four tasks without a network', async () => {
    const { page, goOffline, close } = await openPage({ reducedMotion: 'reduce' });
    try {
      await whenKept(page);
      await goOffline();
      await page.reload();
      await waitUntilReady(page, 60_000);
      for (const [slug, task] of TASKS) {
        await page.getByTestId(`task-${slug}`).click();
        const run = await generateByClicks(page, task);
        expect(run.results[0].tokens).toEqual((await againInNode(run)).tokens);
      }
    } finally {
      await close();
    }
  }, 180_000);

  it('the second has threads on a host that sends no headers', async () => {
    const { page, close } = await openPage({ plain: true, threads: 2 });
    try {
      const label = () =>
        page.evaluate(() => {
          const { value } = studio.state;
          return value.phase === 'ready' ? value.engine.label : value.phase;
        });
      expect(await label()).toMatch(/1 thread/);
      await whenKept(page);
      await page.reload();
      await waitUntilReady(page, 60_000);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      expect(await label()).toMatch(/2 threads/);
    } finally {
      await close();
    }
  }, 120_000);

  it('a shared link gives the same again, and back goes back', async () => {
    const { page, close } = await openPage({ reducedMotion: 'reduce' });
    try {
      const run = await generateByClicks(page, 'imageToAudio');
      const link = await page.evaluate(() => session.linkTo(session.runs.imageToAudio.value!));
      await page.goto('about:blank');
      await page.goto(link);
      await waitUntilReady(page, 60_000);
      await page.waitForFunction(
        () => session.busy.value === undefined && session.runs.imageToAudio.value?.results.value,
      );
      const again = await page.evaluate(() => [
        ...session.runs.imageToAudio.value!.results.value![0].tokens.audio,
      ]);
      expect(again).toEqual(run.results[0].tokens.audio);
      await page.getByTestId('task-dream').click();
      await page.waitForFunction(() => session.task.value === 'coGenerate');
      await page.goBack();
      await page.waitForFunction(() => session.task.value === 'imageToAudio');
    } finally {
      await close();
    }
  }, 120_000);

  it('a shared link puts back what was given', async () => {
    const { page, close } = await openPage({ reducedMotion: 'reduce' });
    const given = (task: FinishedRun['task']) =>
      page.evaluate(async (name) => {
        const { tokens } = await session.given.look(name);
        return Object.fromEntries(Object.entries(tokens).map(([field, values]) => [field, [...values]]));
      }, task);
    try {
      const links: [FinishedRun, string][] = [];
      await page.getByTestId('task-speak').click();
      const length = () => session.given.speech.value?.channels[0].length;
      const before = await page.evaluate(length);
      await page.getByTestId('sample-sound-three').click();
      await page.waitForFunction((first) => session.given.speech.value?.channels[0].length !== first, before);
      const spoken = await generateByClicks(page, 'audioToImage');
      await page.getByTestId('task-repair').click();
      await page.getByTestId('columns').getByRole('button').first().click();
      for (const run of [spoken, await generateByClicks(page, 'complete')]) {
        const link = await page.evaluate((task) => session.linkTo(session.runs[task].value!), run.task);
        links.push([run, link]);
      }
      for (const [{ task, canvas }, link] of links) {
        await page.goto('about:blank');
        await page.goto(link);
        await waitUntilReady(page, 60_000);
        await page.waitForFunction(
          (name) => session.busy.value === undefined && session.runs[name].value?.results.value,
          task,
        );
        expect(await given(task)).toEqual(canvas);
      }
    } finally {
      await close();
    }
  }, 120_000);

  it('a click that is faster than the samples waits for them', async () => {
    const { page, close } = await openPage({ ready: false, serviceWorkers: 'block' });
    try {
      await page.route('**/seven-*.png', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 800));
        await route.continue();
      });
      await page.reload({ waitUntil: 'commit' });
      const run = await generateByClicks(page, 'imageToAudio', { timeout: 60_000 });
      expect(run.results[0].label).toBe('seven');
    } finally {
      await close();
    }
  }, 120_000);

  it('weighs less than 700 kB before the model, and 25 MB with it', async () => {
    const bytes = { page: 0, model: 0 };
    const { close } = await openPage({
      serviceWorkers: 'block', // which brings what is loaded on demand, when the page is ready
      onSent: (file, sent) => {
        bytes[file.startsWith('model/') ? 'model' : 'page'] += sent;
      },
    });
    await close();
    console.info(
      `The page: ${Math.round(bytes.page / 1e3)} kB, its model ${(bytes.model / 1e6).toFixed(1)} MB.`,
    );
    expect(bytes.page).toBeGreaterThan(100e3);
    expect(bytes.page).toBeLessThan(700e3);
    expect(bytes.model).toBeGreaterThan(10e6);
    expect(bytes.page + bytes.model).toBeLessThan(25e6);
  }, 120_000);
});
