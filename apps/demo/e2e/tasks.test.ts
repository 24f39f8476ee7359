import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { againInNode, distance, modelInNode } from './in-node.js';
import { type FinishedRun, generateByClicks, type OpenPage, openPage, whyNoBrowser } from './open-page.js';

const reason = whyNoBrowser();
if (reason) console.info(`The page is not tested: ${reason}`);

/** The page's result is Node's. */
async function expectAsInNode(run: FinishedRun): Promise<void> {
  const [result] = run.results;
  const wanted = await againInNode(run);
  expect(result.tokens).toEqual(wanted.tokens);
  expect(result.label).toBe(wanted.label);
  expect(distance(result.pixels, wanted.pixels)).toBeLessThanOrEqual(2 / 255); // a shade, where rounding differs
  expect(distance(result.samples, wanted.samples)).toBeLessThan(1e-3);
}

const tab = (page: Page, slug: string) => page.getByTestId(`task-${slug}`).click();

describe.skipIf(reason)('the page on wasm', () => {
  let opened: OpenPage;
  let page: Page;
  beforeAll(async () => {
    opened = await openPage({ threads: 2 });
    ({ page } = opened);
  }, 120_000);
  afterAll(() => opened?.close());

  it('runs wasm over threads, since its server isolates it', async () => {
    const label = await page.evaluate(() => {
      const { value } = studio.state;
      return value.phase === 'ready' ? value.engine.label : value.phase;
    });
    expect(label).toMatch(/^WebAssembly .* 2 threads/);
  });

  it('draw → hear: the sample that lies there becomes its name at the first click', async () => {
    const run = await generateByClicks(page, 'imageToAudio');
    expect(run.results[0].label).toBe('seven');
    await expectAsInNode(run);
    const picture = await page.evaluate(() => {
      const drawn = session.given.drawing.value!;
      return { ...drawn, data: [...drawn.data] };
    });
    const model = await modelInNode();
    const given = { picture: { ...picture, data: Uint8Array.from(picture.data) } };
    const { image, label } = await model.encode(given, { task: 'imageToAudio' });
    expect(run.canvas).toEqual({ image: [...image], label: [...label] });
  }, 120_000);

  it('draw → hear: what is drawn by hand is heard', async () => {
    await page.getByTestId('clear').click();
    const pad = (await page.getByTestId('pad').boundingBox())!;
    await page.mouse.move(pad.x + pad.width * 0.5, pad.y + pad.height * 0.15);
    await page.mouse.down();
    await page.mouse.move(pad.x + pad.width * 0.48, pad.y + pad.height * 0.85, { steps: 12 });
    await page.mouse.up();
    const run = await generateByClicks(page, 'imageToAudio');
    expect(run.results[0].label).toBe('one');
    await expectAsInNode(run);
  }, 120_000);

  it('speak → see: a sample, and then the microphone', async () => {
    await tab(page, 'speak');
    const sample = await generateByClicks(page, 'audioToImage');
    await expectAsInNode(sample);

    await page.getByTestId('record').click();
    await page.waitForTimeout(1500);
    await page.getByTestId('record').click();
    await page.waitForFunction(
      () => session.given.speech.value && session.given.speech.value.channels[0].length > 8000,
    );
    const spoken = await generateByClicks(page, 'audioToImage');
    expect(spoken.results[0].label).toBe('three');
    await expectAsInNode(spoken);
  }, 120_000);

  it('dream: picture and sound of one thing', async () => {
    await tab(page, 'dream');
    const run = await generateByClicks(page, 'coGenerate');
    await expectAsInNode(run);
  }, 120_000);

  it('repair: what is rubbed out is filled in, and the rest stays', async () => {
    await tab(page, 'repair');
    const run = await generateByClicks(page, 'complete');
    const missing = run.canvas.image.filter((token) => token < 0).length;
    expect(missing).toBeGreaterThan(0);
    for (const [name, field] of Object.entries(run.canvas)) {
      field.forEach((token, at) => {
        if (token >= 0) expect(run.results[0].tokens[name][at]).toBe(token);
      });
    }
    await expectAsInNode(run);
  }, 120_000);

  it('says nothing on the console', () => {
    expect(opened.complaints).toEqual([]);
  });
});
