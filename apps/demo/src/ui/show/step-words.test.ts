import { expect, it } from 'vitest';
import type { ModelInfo, StepReport } from '../../studio/protocol.js';
import { Run } from '../state/run.js';
import { stepWords } from './step-words.js';

const model = { labels: ['zero', 'one'], voices: ['george'] } as unknown as ModelInfo;

it('says what a step has found', () => {
  const request = { task: 'imageToAudio' as const, canvas: {}, controls: {}, seed: 1, count: 1 };
  const run = new Run(request, { tokens: {} }, { view: () => Promise.reject(new Error('unused')) });
  const names: StepReport['variations'][0] = {
    tokens: { label: Int32Array.of(1), voice: Int32Array.of(0), audio: Int32Array.of(-1, -1) },
    fixed: { label: Int32Array.of(0), voice: Int32Array.of(0), audio: Int32Array.of() },
  };
  const sounds = {
    tokens: { ...names.tokens, audio: Int32Array.of(7, -1) },
    fixed: { audio: Int32Array.of(0) },
  };
  run.hear({ step: 1, steps: 2, variations: [names] });
  run.hear({ step: 2, steps: 2, variations: [sounds] });
  expect(stepWords(run, model, 'digit')).toBe('Before the first step');
  run.show(1);
  expect(stepWords(run, model, 'digit')).toBe('it is “one”, in the voice of george');
  run.show(2);
  expect(stepWords(run, model, 'digit')).toBe('1 new sound token, 1 of 2');
});

it('says what a step looks for, and no voice where there is none', () => {
  const request = { task: 'imageToAudio' as const, canvas: {}, controls: {}, seed: 1, count: 2 };
  const run = new Run(request, { tokens: {} }, { view: () => Promise.reject(new Error('unused')) });
  const named = { tokens: { label: Int32Array.of(1) }, fixed: { label: Int32Array.of(0) } };
  run.hear({ step: 1, steps: 1, variations: [named, named] });
  run.show(1);
  expect(stepWords(run, model, 'digit')).toBe('which digit, and whose voice');
  expect(stepWords(run, { ...model, voices: [] }, 'thing')).toBe('which thing');
});

it('says where a result is drawn once more, and where another is', () => {
  const request = { task: 'imageToAudio' as const, canvas: {}, controls: {}, seed: 1, count: 2 };
  const run = new Run(request, { tokens: {} }, { view: () => Promise.reject(new Error('unused')) });
  const sound = (...audio: number[]) => ({ tokens: { audio: Int32Array.from(audio) }, fixed: {} });
  const fresh = { fixed: { audio: Int32Array.of(0) } };
  run.hear({
    step: 1,
    steps: 1,
    variations: [
      { ...sound(7), ...fresh },
      { ...sound(8), ...fresh },
    ],
  });
  run.hear({ step: 2, steps: 3, variations: [sound(7), { ...sound(-1), ...fresh }] });
  run.hear({ step: 3, steps: 4, variations: [{ ...sound(-1), ...fresh }, sound(8)] });
  run.show(2);
  expect(stepWords(run, model, 'digit')).toBe('done, while another is drawn once more');
  run.show(3);
  expect(stepWords(run, model, 'digit')).toMatch(/^once more, 1 new sound token/);
});
