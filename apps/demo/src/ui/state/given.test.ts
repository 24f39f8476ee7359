import { signal } from '@preact/signals';
import type { TaskName } from 'visual-echoes';
import { describe, expect, it } from 'vitest';
import type { Generated, ModelInfo, View } from '../../studio/protocol.js';
import { DIGITS } from '../models/digits.js';
import { Given } from './given.js';

const result: Generated = {
  tokens: { image: Int32Array.of(1, 2, 3, 4), audio: Int32Array.of(5, 6, 7, 8) },
  picture: { width: 1, height: 1, channels: 1, data: new Uint8Array(1) },
  mel: { bands: 1, frames: 1, data: new Float32Array(1) },
  sound: { sampleRate: 8000, channels: [new Float32Array(8)] },
};
const model = {
  fields: ['image', 'audio'].map((name) => ({ name, grid: [2, 2] as const, vocabulary: 9 })),
} as unknown as ModelInfo;

function nothingGiven(task: TaskName): Given {
  const studio = {
    encode: async (): Promise<View> => expect.fail('its tokens are known'),
    view: async (tokens: View['tokens']): Promise<View> => ({ ...result, tokens }),
  };
  return new Given(studio, signal(model), signal(task), DIGITS);
}

describe('Given', () => {
  it('puts a sound back as the tokens that were shared', async () => {
    const given = nothingGiven('audioToImage');
    const { audio } = result.tokens;
    given.putBack('audioToImage', { audio }, result);
    expect(given.speech.value).toBe(result.sound);
    expect(await given.look('audioToImage')).toEqual({ tokens: { audio }, mel: result.mel });
  });

  it('puts a repair back, and what was rubbed out of it', async () => {
    const given = nothingGiven('complete');
    const canvas = { audio: Int32Array.of(5, -1, 7, -1) };
    given.putBack('complete', canvas, result);
    expect(given.damage.cells.value).toEqual(new Set([0, 1, 2, 3]));
    expect(given.damage.columns.value).toEqual(new Set([1]));
    const { tokens } = await given.look('complete');
    expect(tokens.audio).toEqual(canvas.audio);
    given.damage.columns.value = new Set();
    expect((await given.look('complete')).tokens.audio).toEqual(result.tokens.audio);
  });

  it('tells whether the visitor has given something else since', () => {
    const given = nothingGiven('audioToImage');
    const isAsBefore = given.watch('audioToImage');
    expect(isAsBefore()).toBe(true);
    given.speech.value = result.sound;
    expect(isAsBefore()).toBe(false);
  });
});
