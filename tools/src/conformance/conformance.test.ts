import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '@visual-echoes/backends/node';
import { Random, upsampleNearest } from '@visual-echoes/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConformanceCase, Outcome } from './conformance-case.js';
import { CONFORMING, OUR_KERNELS, onEngine, whyMissing } from './engines.js';
import { layerCases } from './layer-cases.js';
import { modelCases } from './model-cases.js';
import { withPlainConvolutions } from './plain-convolutions.js';
import { vocoderCases } from './vocoder-cases.js';

const cases = [...layerCases, ...modelCases, ...vocoderCases];

/** What `cpu` computes, by the case's name, its convolutions' gradients as loops. */
const references = new Map<string, Outcome>();

async function reference(name: string): Promise<Outcome> {
  let outcome = references.get(name);
  if (!outcome) {
    outcome = await onEngine('cpu', () => withPlainConvolutions(cases.find((one) => one.name === name)!.run));
    references.set(name, outcome);
  }
  return outcome;
}

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The names that fall short, each with max |difference| over what it is measured by. */
function shortfalls(
  ours: Record<string, ArrayLike<number>> = {},
  references: Record<string, ArrayLike<number>> = {},
  { tolerance, least = 0 }: { tolerance: number; least?: number },
): string[] {
  expect(Object.keys(ours)).toEqual(Object.keys(references));
  return Object.entries(references).flatMap(([name, wanted]) => {
    const values = ours[name];
    if (values.length !== wanted.length) return [`${name} has ${values.length} values, not ${wanted.length}`];
    const scale = Math.max(largest(wanted), least);
    const difference = largest(Array.from(wanted, (value, i) => values[i] - value));
    // Written so that NaN falls short.
    return difference <= tolerance * scale ? [] : [`${name}: ${difference} of ${scale}`];
  });
}

const missing = new Map<string, string | undefined>();
// One after the other: an engine that is being started is the current one.
for (const name of CONFORMING) missing.set(name, await whyMissing(name));

const runs = CONFORMING.flatMap((engine) => [
  { engine, ours: true },
  ...(OUR_KERNELS[engine] ? [{ engine, ours: false }] : []),
]);

/** Models would take minutes on cpu as it comes, and gradients of convolutions half a minute each on SwiftShader. */
function casesOf(engine: BackendName, ours: boolean): readonly ConformanceCase[] {
  if (engine === 'cpu') return layerCases;
  if (engine !== 'webgpu') return cases;
  const kept = ['VQGAN of pictures 32×32', ...(ours ? ['adversarial step, taming'] : [])];
  // WGSL's own sine is within 2⁻¹¹ only; ours is exact.
  return cases.filter(
    ({ name }) =>
      kept.includes(name) || !(/^(VQGAN|adversarial step)/.test(name) || (name === 'Vocos' && !ours)),
  );
}

for (const { engine, ours } of runs) {
  const reason = missing.get(engine);
  if (reason) console.info(`Conformance of ${engine} is skipped: ${reason}`);

  describe.skipIf(reason)(ours ? engine : `${engine} without our kernels`, () => {
    if (!ours) {
      beforeAll(() => onEngine(engine, async () => OUR_KERNELS[engine]!.remove()));
      afterAll(() => onEngine(engine, async () => OUR_KERNELS[engine]!.restore()));
    }
    it.each(casesOf(engine, ours))(
      '$name',
      async ({ name, run }) => {
        const wanted = await reference(name);
        const before = await onEngine(engine, async () => tf.memory().numTensors);
        const { forward, gradients, exact } = await onEngine(engine, run);
        expect(tf.memory().numTensors).toBe(before);
        for (const values of Object.values(forward ?? {})) expect(largest(values)).toBeGreaterThan(0);
        expect(shortfalls(forward, wanted.forward, { tolerance: 1e-4 })).toEqual([]);
        // A gradient that is zero but for rounding (a key's bias, or one before a norm of one channel a group) is
        // measured by the model's largest: within 1e-6 of it, some eight units in the last place.
        const least = 1e-3 * Math.max(0, ...Object.values(wanted.gradients ?? {}).map(largest));
        expect(shortfalls(gradients, wanted.gradients, { tolerance: 1e-3, least })).toEqual([]);
        expect(shortfalls(exact, wanted.exact, { tolerance: 0 })).toEqual([]);
      },
      300_000,
    );
  });
}

// What the reference itself is measured by: quotients of differences of its forward pass, and sums written out.
describe('the reference, cpu', () => {
  it.each(layerCases)('$name has the gradient that its differences show', async ({ slopeError }) => {
    expect(await onEngine('cpu', slopeError)).toBeLessThan(5e-3);
  });

  it('repeats every pixel of every sample, and adds the four gradients up', async () => {
    const [batch, height, width, channels] = [3, 2, 3, 2];
    const x = new Random(1).normals(batch * height * width * channels);
    const dy = new Random(2).normals(4 * x.length);
    const y = new Float32Array(dy.length);
    const dx = new Float32Array(x.length);
    for (let i = 0; i < y.length; i++) {
      const [channel, column] = [i % channels, Math.floor(i / channels) % (2 * width)];
      const row = Math.floor(i / (channels * 2 * width)); // over all samples, which 2·height divides
      const from = ((row >> 1) * width + (column >> 1)) * channels + channel;
      y[i] = x[from];
      dx[from] += dy[i];
    }
    await onEngine('cpu', async () => {
      const [ours, gradient] = tf.tidy(() => {
        const input = tf.tensor4d(x, [batch, height, width, channels]);
        const up = (t: tf.Tensor) => upsampleNearest(t as tf.Tensor4D);
        return [up(input), tf.grad(up)(input, tf.tensor4d(dy, [batch, 2 * height, 2 * width, channels]))];
      });
      expect(await ours.data()).toEqual(y);
      expect(shortfalls({ dx: await gradient.data() }, { dx }, { tolerance: 1e-6 })).toEqual([]);
      tf.dispose([ours, gradient]);
    });
  });
});
