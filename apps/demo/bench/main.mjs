#!/usr/bin/env node
// Measures the built page in Chromium: pnpm bench:page [--generations 100] [--runs 5]
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { findBrowser } from '@visual-echoes/cli/dist/doctor/find-browser.js';
import { chromium } from 'playwright';
import { serve } from '../server/serve.mjs';

const { values } = parseArgs({
  options: {
    generations: { type: 'string', default: '100' },
    runs: { type: 'string', default: '5' },
  },
});
const executablePath = findBrowser();
if (!executablePath) {
  console.error('error: no Chromium here: apt-get install chromium, or name one in CHROMIUM');
  process.exit(1);
}

const { address, close } = await serve();
const browser = await chromium.launch({
  executablePath,
  args: ['--autoplay-policy=no-user-gesture-required', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
await context.addInitScript(() => {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longTasks.push(Math.round(duration));
  }).observe({ type: 'longtask', buffered: true });
});

// The browser starts some of its parts with its first page, which are not what is measured.
const other = await context.newPage();
await other.goto(`${address}icon.svg`);
await other.waitForTimeout(1000);
await other.close();

/** A visit; with `click`, the button is pressed as soon as it is there. Milliseconds since the visit began. */
async function visit() {
  const page = await context.newPage();
  const began = performance.now();
  await page.goto(`${address}?debug`, { waitUntil: 'commit' });
  await page.getByTestId('generate').click();
  const clicked = performance.now();
  await whenHeard(page);
  return { page, load: clicked - began, first: performance.now() - clicked };
}

/** Waits until the loudspeaker plays. */
const whenHeard = (page) =>
  page.waitForFunction(() => globalThis.session?.player.playing.value, undefined, { timeout: 120_000 });

async function again(page) {
  await page.waitForFunction(() => session.busy.value === undefined && !session.player.playing.value);
  const began = performance.now();
  await page.getByTestId('generate').click();
  await whenHeard(page);
  return performance.now() - began;
}

const longest = (page) => page.evaluate(() => Math.max(0, ...globalThis.longTasks));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;

console.log(
  `${new Date().toISOString()}  ${cpus()[0].model}, ${cpus().length} cores, ${await browser.version()}`,
);
const cold = await visit();
await cold.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
await cold.page.waitForTimeout(3000);
console.log(
  `first visit: click to first sound ${seconds(cold.first)}; longest task ${await longest(cold.page)} ms`,
);
await cold.page.close();

const firsts = [];
const repeated = [];
const tasks = [];
for (let i = 0; i < Number(values.runs); i++) {
  const { page, first } = await visit();
  firsts.push(first);
  for (let j = 0; j < 3; j++) repeated.push(await again(page));
  tasks.push(await longest(page));
  await page.close();
}
console.log(
  `later visits: click to first sound ${seconds(median(firsts))} (${firsts.map(seconds).join(', ')})`,
);
console.log(`the same again: ${seconds(median(repeated))} (at most ${seconds(Math.max(...repeated))})`);
console.log(`longest task that held the page up: ${tasks.join(', ')} ms (0: none of 50 ms or more)`);

const { page } = await visit();
const memory = () => page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes);
const generations = Number(values.generations);
for (let i = 1; i <= generations; i++) {
  await page.evaluate(() => session.generate());
  if (i === Math.ceil(generations / 10) || i === generations) {
    console.log(`after ${i} generations: ${((await memory()) / 1e6).toFixed(1)} MB`);
  }
}
await browser.close();
await close();
