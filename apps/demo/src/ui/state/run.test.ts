import { describe, expect, it } from 'vitest';
import type { Generated, StepReport, View } from '../../studio/protocol.js';
import { Run } from './run.js';

const view = (token: number): View => ({
  tokens: { image: Int32Array.of(token) },
  picture: { width: 1, height: 1, channels: 1, data: Uint8Array.of(token) },
  mel: { bands: 1, frames: 1, data: Float32Array.of(0) },
});
const report = (step: number, withView: boolean): StepReport => ({
  step,
  steps: 2,
  variations: [{ tokens: { image: Int32Array.of(step) }, fixed: {}, ...(withView && { view: view(step) }) }],
});
const result: Generated = { ...view(9), sound: { sampleRate: 8000, channels: [new Float32Array(1)] } };

function begin(asked: number[] = []) {
  const studio = {
    view: async (tokens: View['tokens']) => {
      asked.push(tokens.image[0]);
      return view(tokens.image[0]);
    },
  };
  const request = { task: 'audioToImage' as const, canvas: {}, controls: {}, seed: 1, count: 1 };
  return new Run(request, { tokens: { audio: Int32Array.of(3) } }, studio);
}

describe('Run', () => {
  it('shows one step after the other, and then the results', async () => {
    const run = begin();
    expect(run.look(0).tokens).toEqual({ audio: Int32Array.of(3) });
    run.hear(report(1, true));
    run.hear(report(2, true));
    expect(run.shown.value).toBe(0);
    await run.finish([result]);
    expect(run.isAtEnd.value).toBe(true);
    expect(run.look(0)).toBe(result);
  });

  it('stays at the step that the visitor has chosen', async () => {
    const run = begin();
    run.hear(report(1, true));
    run.show(1);
    run.hear(report(2, true));
    await run.finish([result]);
    expect(run.shown.value).toBe(1);
    expect(run.isRevealed.value).toBe(true);
  });

  it('asks once for the picture of a step that came without, and shows an earlier one until then', async () => {
    const asked: number[] = [];
    const run = begin(asked);
    run.hear(report(1, true));
    run.hear(report(2, false));
    await run.complete(0, 2); // not while the model is at work
    expect(asked).toEqual([]);
    expect(run.look(0, 2)).toMatchObject({ tokens: { image: Int32Array.of(2) }, picture: view(1).picture });
    run.results.value = [result];
    await Promise.all([run.complete(0, 2), run.complete(0, 2)]);
    expect(asked).toEqual([2]);
    expect(run.look(0, 1).picture).toEqual(view(1).picture);
  });
});
