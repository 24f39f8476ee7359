import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { describe, expect, it } from 'vitest';
import { generateByClicks, openPage, TASKS, whyNoBrowser } from './open-page.js';

const MODELS = ['digits', 'sounds'];
const WIDTHS = [390, 1440];
const SCHEMES = ['light', 'dark'] as const;

describe.skipIf(whyNoBrowser())('accessibility', () => {
  it.each(
    MODELS.flatMap((model) =>
      WIDTHS.flatMap((width) => SCHEMES.map((scheme) => [model, width, scheme] as const)),
    ),
  )(
    '%s: axe finds nothing at %i pixels, %s, and nothing is wider than the screen',
    async (model, width, colorScheme) => {
      const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
      const { page, close } = await openPage({
        model,
        viewport: { width, height: 844 },
        colorScheme,
        reducedMotion: 'reduce',
      });
      try {
        const check = async (when: string) => {
          await page.evaluate(axe);
          const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
          const found = violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html }) => `${when}: ${id} ${html}`),
          );
          expect(found).toEqual([]);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(wider, when).toBeLessThanOrEqual(0);
        };
        for (const [slug, task] of TASKS) {
          await page.getByTestId(`task-${slug}`).click();
          await check(`${slug}, before`);
          await generateByClicks(page, task);
          await check(`${slug}, after`);
        }
        await page.getByTestId('controls').click();
        await page.getByTestId('engine').click();
        await check('menus');
      } finally {
        await close();
      }
    },
    180_000,
  );
});
