import { Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { expectClose, normals, runKernel, startWebGpu } from './webgpu.test.helper.js';

const reason = await startWebGpu();

interface Settings {
  guidance?: number;
  temperature?: number;
  noise?: number;
}

/** The sampler's draw, in double precision. */
function draw(
  logits: Float32Array,
  unconditional: Float32Array | undefined,
  V: number,
  draws: ArrayLike<number>,
  gumbel: ArrayLike<number>,
  { guidance = 1, temperature = 1, noise = 0 }: Settings,
): number[] {
  return Array.from({ length: logits.length / V }, (_, row) => {
    const values = Array.from({ length: V }, (_, v) => {
      const c = logits[row * V + v];
      const u = unconditional?.[row * V + v];
      return u === undefined || c <= -1e38 || u <= -1e38 ? c : u + guidance * (c - u);
    });
    const most = Math.max(...values);
    const weigh = (divisor: number) => values.map((value) => Math.exp((value - most) / divisor));
    const weights = weigh(temperature || 1);
    let rest = draws[row] * weights.reduce((a, b) => a + b);
    let token = weights.findIndex((weight) => {
      rest -= weight;
      return rest < 0;
    });
    if (temperature === 0) token = values.indexOf(most);
    const partition = weigh(1).reduce((a, b) => a + b);
    return [token, values[token] - most - Math.log(partition) + noise * gumbel[row]];
  }).flat();
}

function drawn(R: number, V: number, guided: boolean) {
  const random = new Random(3);
  const logits = normals(1, R * V, 3);
  const unconditional = guided ? normals(2, R * V, 3) : undefined;
  const draws = Float32Array.from({ length: R }, () => random.uniform());
  const gumbel = Float32Array.from({ length: R }, () => random.gumbel());
  return { logits, unconditional, draws, gumbel };
}

function inputsOf(
  { logits, unconditional, draws, gumbel }: ReturnType<typeof drawn>,
  { guidance = 1, noise = 0 }: Settings,
) {
  const R = draws.length;
  const numbers = Float32Array.from({ length: 3 * R }, (_, i) => {
    const row = Math.floor(i / 3);
    return [draws[row], noise * gumbel[row], guidance][i % 3];
  });
  const rows = (values: Float32Array) => ({ values, shape: [R, logits.length / R] });
  return {
    logits: rows(logits),
    numbers: { values: numbers, shape: [R, 3] },
    ...(unconditional && { unconditional: rows(unconditional) }),
  };
}

const tokensOf = (pairs: ArrayLike<number>) => Array.from(pairs).filter((_, i) => i % 2 === 0);

describe.skipIf(reason)('DrawTokens on WebGPU', () => {
  it.each([
    [1, 1, {}],
    [3, 7, { temperature: 0 }],
    [53, 64, { noise: 2.5 }],
    [130, 521, { guidance: 3, temperature: 0.7 }],
    [40, 1024, { guidance: 2, temperature: 1.3, noise: 4.5 }],
    [2, 2051, { guidance: 0.5, temperature: 0 }],
  ])('draws %i of %i tokens as the sampler does, %j', async (R, V, settings: Settings) => {
    const given = drawn(R, V, settings.guidance !== undefined);
    const [y] = await runKernel('DrawTokens', inputsOf(given, settings), {
      temperature: settings.temperature ?? 1,
    });
    expect(y.shape).toEqual([R, 2]);
    const expected = draw(given.logits, given.unconditional, V, given.draws, given.gumbel, settings);
    expect(tokensOf(y.values)).toEqual(tokensOf(expected));
    expectClose(y.values, expected, 1e-5);
  });

  it('never draws what is forbidden, conditionally or at all', async () => {
    const given = drawn(64, 9, true);
    for (let row = 0; row < 64; row++) {
      given.logits.fill(-Infinity, row * 9, row * 9 + 4);
      given.unconditional!.fill(-Infinity, row * 9 + 2, row * 9 + 6);
    }
    given.draws.set([0, 1 - 2 ** -24]);
    const settings = { guidance: 2, temperature: 1.5 };
    const [y] = await runKernel('DrawTokens', inputsOf(given, settings), settings);
    const expected = draw(given.logits, given.unconditional, 9, given.draws, given.gumbel, settings);
    expect(Math.min(...tokensOf(y.values))).toBeGreaterThanOrEqual(4);
    expect(tokensOf(y.values)).toEqual(tokensOf(expected));
  });

  it('follows the distribution', async () => {
    const R = 4000;
    const V = 5;
    const given = drawn(R, V, false);
    const row = [0.2, -1, 1, 0, -0.5];
    given.logits.set(Array.from({ length: R }, () => row).flat());
    const [y] = await runKernel('DrawTokens', inputsOf(given, {}), { temperature: 2 });
    const weights = row.map((value) => Math.exp(value / 2));
    const total = weights.reduce((a, b) => a + b);
    weights.forEach((weight, token) => {
      const share = tokensOf(y.values).filter((drawnToken) => drawnToken === token).length / R;
      expect(Math.abs(share - weight / total)).toBeLessThan(0.03); // four standard deviations
    });
  });
});
