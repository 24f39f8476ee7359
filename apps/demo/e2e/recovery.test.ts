import type { Page } from 'playwright';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { againInNode } from './in-node.js';
import { generateByClicks, type OpenPage, openPage, waitUntilReady, whyNoBrowser } from './open-page.js';

describe.skipIf(whyNoBrowser())('what may go wrong in a page', () => {
  let opened: OpenPage | undefined;
  let page: Page;
  const open = async (options: Parameters<typeof openPage>[0] = {}) => {
    opened = await openPage({ reducedMotion: 'reduce', ...options });
    ({ page } = opened);
  };
  beforeEach(() => {
    opened = undefined;
  });
  afterEach(() => opened?.close());

  /** The page can be used, and its result is right. */
  const expectSound = async () => {
    const run = await generateByClicks(page, 'imageToAudio');
    expect(run.results[0].tokens).toEqual((await againInNode(run)).tokens);
  };

  it('is started, cancelled and started again fifty times, and then gives what it should', async () => {
    await open();
    for (let i = 0; i < 50; i++) {
      await page.getByTestId('generate').click();
      await page.waitForTimeout((i * 37) % 150);
      await page
        .getByTestId('cancel')
        .click({ timeout: 300 })
        .catch(() => {}); // it may be done already
    }
    await page.waitForFunction(() => session.busy.value === undefined);
    await expectSound();
    expect(opened!.complaints).toEqual([]);
  }, 180_000);

  it('starts its worker again where it is killed, says so, and finishes what was asked', async () => {
    await open();
    await page.getByTestId('generate').click();
    await page.evaluate(() => (studio as unknown as { worker: Worker }).worker.terminate());
    await page.waitForFunction(
      () => session.busy.value === undefined && session.runs.imageToAudio.value?.results.value,
      undefined,
      { timeout: 60_000 },
    );
    await expect(page.getByTestId('notice').textContent()).resolves.toMatch(/started again/);
    await expectSound();
  }, 120_000);

  it('works where nothing can be kept', async () => {
    await open({
      ready: false,
      before: () => {
        const full = async () => {
          throw new DOMException('The disk is full.', 'QuotaExceededError');
        };
        Cache.prototype.put = full;
        Cache.prototype.addAll = full;
        Storage.prototype.setItem = () => {
          throw new DOMException('The disk is full.', 'QuotaExceededError');
        };
      },
    });
    const client = await page.context().newCDPSession(page);
    await client.send('Storage.overrideQuotaForOrigin', {
      origin: new URL(opened!.address).origin,
      quotaSize: 1,
    });
    await page.reload();
    await waitUntilReady(page);
    await expectSound();
    await page.getByTestId('theme').click();
    expect(opened!.complaints).toEqual([]);
  }, 120_000);

  it('goes on after the tab was hidden and stopped', async () => {
    await open();
    await page.getByTestId('generate').click();
    const client = await page.context().newCDPSession(page);
    await client.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await client.send('Page.setWebLifecycleState', { state: 'active' });
    await page.waitForFunction(
      () => session.busy.value === undefined && session.runs.imageToAudio.value?.results.value,
    );
    await expectSound();
  }, 120_000);

  it('says in words what is no picture and no sound, and keeps what is there', async () => {
    await open();
    const file = (name: string, type: string) => ({
      name,
      mimeType: type,
      buffer: Buffer.from('not what it says'),
    });
    await page.getByTestId('picture-file').setInputFiles(file('holiday.jpg', 'image/jpeg'));
    await page.getByTestId('notice').waitFor();
    await page.getByTestId('dismiss').click();
    await expectSound();
    await page.getByTestId('task-speak').click();
    await page.getByTestId('sound-file').setInputFiles(file('song.mp3', 'audio/mpeg'));
    await expect(page.getByTestId('notice').textContent()).resolves.toMatch(/sound/);
    expect((await generateByClicks(page, 'audioToImage')).results).toHaveLength(1);
  }, 120_000);

  it('says what to do where there is no model', async () => {
    await open({ ready: false });
    await page.route('**/model/**', (route) => route.abort());
    await page.evaluate(() => caches.delete('visual-echoes'));
    await page.reload();
    await page.waitForFunction(() => globalThis.studio?.state.value.phase === 'failed', undefined, {
      timeout: 60_000,
    });
    await expect(page.getByTestId('notice').textContent()).resolves.toMatch(/connection/);
    await page.unroute('**/model/**');
    await page.getByTestId('engine').click();
    await page.getByTestId('retry').click();
    await waitUntilReady(page, 60_000);
    await expectSound();
  }, 180_000);
});
