import { describe, expect, it } from 'vitest';
import { longestTask } from './main-thread.js';
import { generateByClicks, openPage, TASKS, waitUntilReady, whyNoBrowser } from './open-page.js';

describe.skipIf(whyNoBrowser())('the page’s main thread', () => {
  it('is never held up for 50 ms, while the model loads and while it works', async () => {
    const { page, browser, close } = await openPage({ ready: false });
    try {
      const loading = await longestTask(browser, page, async () => {
        await page.reload();
        await waitUntilReady(page, 60_000);
      });
      const working = await longestTask(browser, page, async () => {
        for (const [slug, task] of TASKS) {
          await page.getByTestId(`task-${slug}`).click();
          await generateByClicks(page, task);
        }
      });
      console.info(
        `The longest task while loading: ${loading.toFixed(0)} ms, while generating: ${working.toFixed(0)} ms.`,
      );
      expect(Math.max(loading, working)).toBeLessThanOrEqual(50);
    } finally {
      await close();
    }
  }, 180_000);
});
