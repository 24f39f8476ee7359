import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { againInNode, distance } from './in-node.js';
import {
  type FinishedRun,
  generateByClicks,
  type OpenPage,
  openPage,
  waitUntilReady,
  whyNoBrowser,
} from './open-page.js';

const reason = whyNoBrowser();

/** What a shader rounds otherwise may change a token that was nearly as likely; the digit and how it sounds stay. */
async function expectAlike(run: FinishedRun): Promise<void> {
  const [result] = run.results;
  const wanted = await againInNode(run);
  expect(result.label).toBe(wanted.label);
  if (JSON.stringify(result.tokens) !== JSON.stringify(wanted.tokens)) return;
  expect(distance(result.pixels, wanted.pixels)).toBeLessThanOrEqual(2 / 255);
  expect(distance(result.samples, wanted.samples)).toBeLessThan(1e-2);
}

// SwiftShader takes a quarter of a minute for a result, and a minute until its shaders are compiled. That the logits of
// each step are those of wasm is tested by the conformance suite in Chromium.
describe.skipIf(reason)('the page on WebGPU', () => {
  let opened: OpenPage;
  let page: Page;
  beforeAll(async () => {
    opened = await openPage();
    ({ page } = opened);
    await page.getByTestId('engine').click();
    await page.getByTestId('engine-menu').getByRole('radio', { name: 'WebGPU' }).click();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => studio.state.value.phase !== 'ready');
    await waitUntilReady(page);
  }, 400_000);
  afterAll(() => opened?.close());

  it('runs it where the visitor asks for it', async () => {
    const name = await page.evaluate(() => {
      const { value } = studio.state;
      return value.phase === 'ready' && value.engine.name;
    });
    expect(name).toBe('webgpu');
  });

  it('draw → hear, as on wasm', async () => {
    await expectAlike(await generateByClicks(page, 'imageToAudio'));
  }, 200_000);

  it('speak → see, as on wasm', async () => {
    await page.getByTestId('task-speak').click();
    await expectAlike(await generateByClicks(page, 'audioToImage'));
  }, 200_000);

  it('dream, as on wasm', async () => {
    await page.getByTestId('task-dream').click();
    await expectAlike(await generateByClicks(page, 'coGenerate'));
  }, 200_000);

  it('repair, as on wasm', async () => {
    await page.getByTestId('task-repair').click();
    await expectAlike(await generateByClicks(page, 'complete'));
  }, 200_000);

  it('goes on with wasm where the GPU goes away, says so, and finishes what was asked', async () => {
    await page.getByTestId('task-draw').click();
    await page.evaluate(() => {
      session.runs.imageToAudio.value = undefined;
    });
    await page.getByTestId('generate').click();
    await page.waitForTimeout(300);
    const browser = await opened.browser.newBrowserCDPSession();
    await browser.send('Browser.crashGpuProcess' as never).catch(() => {});
    await page.waitForFunction(
      () => session.busy.value === undefined && session.runs.imageToAudio.value?.results.value,
      undefined,
      { timeout: 200_000 },
    );
    const { engine, notice } = await page.evaluate(() => {
      const { value } = studio.state;
      return { engine: value.phase === 'ready' && value.engine.name, notice: session.notice.value };
    });
    expect(engine).toBe('wasm');
    expect(notice).toMatch(/GPU.* goes on/);
  }, 300_000);
});
