import { ConfigurationError, emptyCanvas } from '@visual-echoes/core';
import type { MaskedTransformer } from '@visual-echoes/masked-transformer';
import { expect, it } from 'vitest';
import { CanvasFiller } from './canvas-filler.js';
import { ClassReader } from './class-reader.js';

const fields = [{ name: 'image', grid: [1, 2], vocabulary: 2 }] as const;
const transformer = {
  fields,
  predict: (canvases: readonly unknown[]) => ({ image: new Float32Array(canvases.length * 4) }),
} as unknown as MaskedTransformer;
const filler = new CanvasFiller(transformer, new ClassReader(transformer, {}), { sampling: {} });
const items = [{ canvas: emptyCanvas(fields), seed: 1 }];

it('fills without classes, and says that nothing can be rejected then', async () => {
  const [{ image }] = await filler.fill('complete', items, { steps: 2 });
  expect(image.every((token) => token >= 0)).toBe(true);
  const rejecting = filler.fill('complete', items, { rejection: { attempts: 2 } });
  await expect(rejecting).rejects.toThrow(ConfigurationError);
  await expect(rejecting).rejects.toThrow(/knows no classes.*leave rejection/);
  // A call that failed keeps none from its turn.
  expect(await filler.fill('complete', items, { steps: 2 })).toEqual([{ image }]);
});
