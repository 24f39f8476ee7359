import { readFileSync } from 'node:fs';
import type { BackendName } from '@visual-echoes/backends/node';
import { type Canvas, emptyCanvas, readSafetensors } from '@visual-echoes/core';
import { MaskedTransformer } from '@visual-echoes/masked-transformer';
import { halton, type Predictor, sample } from '@visual-echoes/sampler';
import { describe, expect, it } from 'vitest';
import { CONFORMING, onEngine, whyMissing } from './engines.js';

const file = (name: string) => new URL(`../../../packages/model-digits/${name}`, import.meta.url);
const { parts } = JSON.parse(readFileSync(file('visual-echoes.json'), 'utf8'));

/** Runs `use` with the transformer of the digits model on an engine. */
const withTransformer = <T>(engine: BackendName, use: (model: MaskedTransformer) => Promise<T>) =>
  onEngine(engine, async () => {
    const { state } = await readSafetensors(readFileSync(file('transformer.safetensors')));
    const model = new MaskedTransformer(parts.transformer.configuration);
    model.loadStateDict(state);
    try {
      return await use(model);
    } finally {
      model.dispose();
    }
  });

interface Asked {
  canvases: Canvas[];
  logits: Record<string, Float32Array>;
}

/** What is asked in a whole guided sampling of all fields, and answered, on wasm. */
async function sampled(): Promise<Asked[]> {
  return withTransformer('wasm', async (model) => {
    const asked: Asked[] = [];
    const predictor: Predictor = {
      fields: model.fields,
      predict: async (canvases, options) => {
        const logits = await model.predict(canvases, options);
        asked.push({ canvases: canvases.map((one) => structuredClone(one)), logits });
        return logits;
      },
    };
    const canvas = { ...emptyCanvas(model.fields), label: Int32Array.of(7) };
    await sample(predictor, {
      canvases: [canvas],
      steps: 4,
      order: halton(),
      guidance: { scale: 2 },
      seed: 3,
    });
    return asked;
  });
}

const wasm = await whyMissing('wasm');
for (const engine of CONFORMING.filter((name) => name !== 'wasm' && name !== 'cpu')) {
  const reason = wasm ?? (await whyMissing(engine));
  describe.skipIf(reason)(`the digits model on ${engine}`, () => {
    it('gives the logits of wasm within 1e-3 of the largest, for every canvas of a sampling', async () => {
      const asked = await sampled();
      expect(asked.length).toBe(4);
      await withTransformer(engine, async (model) => {
        for (const { canvases, logits } of asked) {
          const ours = await model.predict(canvases, { fields: Object.keys(logits) });
          for (const [name, wanted] of Object.entries(logits)) {
            const largest = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
            const difference = wanted.reduce((most, x, i) => Math.max(most, Math.abs(x - ours[name][i])), 0);
            expect(largest).toBeGreaterThan(0);
            expect(difference).toBeLessThanOrEqual(1e-3 * largest);
          }
        }
      });
    }, 300_000);
  });
}
