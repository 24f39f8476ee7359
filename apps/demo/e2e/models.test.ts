import type { Page } from 'playwright';
import { afterEach, describe, expect, it } from 'vitest';
import {
  generateByClicks,
  type OpenOptions,
  type OpenPage,
  openPage,
  waitUntilReady,
  whyNoBrowser,
} from './open-page.js';

describe.skipIf(whyNoBrowser())('the models to choose from', () => {
  let opened: OpenPage | undefined;
  let page: Page;
  const open = async (options: OpenOptions) => {
    opened = await openPage({ reducedMotion: 'reduce', ...options });
    ({ page } = opened);
  };
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });
  const address = () => new URL(page.url());
  const whenDone = () =>
    page.waitForFunction(
      () => session.busy.value === undefined && session.runs.imageToAudio.value?.results.value,
    );

  it('the second hears a coloured picture, says what it is, and shares a link that opens again', async () => {
    const sent = new Set<string>();
    await open({ model: 'sounds', onSent: (file) => sent.add(file) });
    await page.getByTestId('clear').click();
    await page.getByTestId('sample-sea waves').click();
    await page.waitForFunction(() => session.given.drawing.value?.channels === 3);
    const run = await generateByClicks(page, 'imageToAudio');
    const [result] = run.results;
    const model = await page.evaluate(() => session.model.value!);
    expect(model.name).toBe('sounds');
    expect(model.labels).toContain('sea waves');
    expect(model.labels).toContain(result.label);
    expect(await page.getByTestId('result-name').textContent()).toBe(result.label);
    expect(result.pixels).toHaveLength(3 * model.picture.width * model.picture.height);
    expect(result.samples.length / result.sampleRate).toBeCloseTo(model.sound.duration, 1);
    // Only what is chosen is brought.
    const folders = [...sent].filter((file) => file.startsWith('model/')).map((file) => file.split('/')[1]);
    expect(new Set(folders)).toEqual(new Set(['sounds']));

    const link = await page.evaluate(() => session.linkTo(session.runs.imageToAudio.value!));
    expect(new URL(link).searchParams.get('model')).toBe('sounds');
    await page.goto('about:blank');
    await page.goto(link);
    await waitUntilReady(page);
    await whenDone();
    const again = await page.evaluate(() => [
      ...session.runs.imageToAudio.value!.results.value![0].tokens.audio,
    ]);
    expect(again).toEqual(result.tokens.audio);
    expect(opened!.complaints).toEqual([]);
  }, 300_000);

  it('another is a link away, at the same task and with all else of the address', async () => {
    await open({ threads: 1 });
    expect(await page.getByTestId('model-digits').getAttribute('aria-current')).toBe('page');
    await page.getByTestId('task-dream').click();
    await page.waitForFunction(() => session.task.value === 'coGenerate');
    await page.getByTestId('model-sounds').click();
    await page.waitForURL(/model=sounds/);
    await waitUntilReady(page);
    expect(address().hash).toBe('#dream');
    expect(address().searchParams.get('threads')).toBe('1');
    expect(await page.getByTestId('model-sounds').getAttribute('aria-current')).toBe('page');
    expect(await page.getByTestId('wish-voice').count()).toBe(0); // its things have no voices
    await page.getByTestId('model-digits').click();
    await page.waitForURL((url) => !url.searchParams.has('model'));
    expect(address().hash).toBe('#dream');
  }, 180_000);

  it('one that there is not is said, and a link opens with its own by one more click', async () => {
    await open({ model: 'faces' });
    expect(await page.getByTestId('notice').textContent()).toMatch(/no model “faces”.*“Digits”/);
    await page.getByTestId('dismiss').click();
    await page.getByTestId('model-sounds').click();
    await page.waitForURL(/model=sounds/);
    await waitUntilReady(page);
    await generateByClicks(page, 'imageToAudio');
    const link = new URL(await page.evaluate(() => session.linkTo(session.runs.imageToAudio.value!)));
    link.searchParams.delete('model');
    await page.goto('about:blank');
    await page.goto(link.href);
    await page.getByTestId('notice').waitFor({ timeout: 60_000 });
    expect(await page.getByTestId('notice').textContent()).toMatch(/another model than "digits"/);
    await page.getByTestId('model-sounds').click();
    await page.waitForURL(/model=sounds/);
    await waitUntilReady(page);
    await whenDone();
    expect(address().hash).toBe(link.hash);
  }, 300_000);
});
