import { Random } from '@visual-echoes/core';
import { afterAll, expect, it } from 'vitest';
import { MEL_DIGITS } from '../mel/presets.js';
import { GriffinLimVocoder } from '../vocoder/griffin-lim-vocoder.js';
import { vocoderConformance } from '../vocoder/vocoder-conformance.js';
import { GriffinLimThreads } from './griffin-lim-threads.js';

const options = { iterations: 4 };
const threads = new GriffinLimThreads(MEL_DIGITS, { ...options, threads: 2 });
afterAll(() => threads.dispose());

vocoderConformance('Griffin–Lim in threads', () => threads);

const mels = [1, 2, 3, 4, 5].map((seed) => ({
  bands: 64,
  frames: 8,
  data: Float32Array.from({ length: 64 * 8 }, () => 0.5 + 0.1 * new Random(seed).normal()),
}));

it('gives what the vocoder gives in one thread, in order', async () => {
  const one = new GriffinLimVocoder(MEL_DIGITS, options);
  const sounds = await Promise.all(mels.map((mel, seed) => threads.vocode(mel, { seed })));
  expect(sounds).toEqual(mels.map((mel, seed) => one.vocode(mel, { seed })));
  expect(await threads.vocode(mels[0], { seed: 7 })).toEqual(one.vocode(mels[0], { seed: 7 }));
});

it('reports a mel that cannot be, and goes on', async () => {
  const wrong = { ...mels[0], bands: 63 };
  const [first, second] = await Promise.allSettled([threads.vocode(wrong), threads.vocode(mels[1])]);
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  expect((first as PromiseRejectedResult).reason.message).toMatch(/63/);
});

it('ends what is under way where it is disposed of', async () => {
  const own = new GriffinLimThreads(MEL_DIGITS, { ...options, threads: 2 });
  const calls = Promise.allSettled(mels.map((mel) => own.vocode(mel)));
  await new Promise((resolve) => setTimeout(resolve));
  await own.dispose();
  for (const call of await calls) {
    expect(call).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
  }
});
