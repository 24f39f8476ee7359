import { Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import type { PreparedClip } from './make-clip.js';
import { clipAugmentation, varyClips } from './vary-clips.js';

const CONSTANTS = { fMin: 125, fMax: 7600, melScale: 'slaney', scaling: { minDb: -80, maxDb: 20 } } as const;

function clip(id: string, { label = 'dog', split = 'train' } = {}): PreparedClip {
  const random = new Random(1).fork(id);
  return {
    ...{ id, label, split },
    pictures: [0, 1].map(() => ({
      ...{ width: 8, height: 8, channels: 3 as const },
      data: Uint8Array.from({ length: 192 }, () => random.integer(256)),
    })),
    mel: { bands: 4, frames: 16, data: Float32Array.from({ length: 64 }, () => random.uniform(0.3, 0.9)) },
  };
}

async function varied(clips: PreparedClip[], augmentation: object, { count = 2, seed = 0 } = {}) {
  const source = async function* () {
    yield* clips;
  };
  const parsed = clipAugmentation.parse(augmentation);
  const made: PreparedClip[] = [];
  for await (const one of varyClips(source(), { count, augmentation: parsed, constants: CONSTANTS, seed }))
    made.push(one);
  return made;
}

describe('varyClips', () => {
  const both = { frames: { mirror: 0.5, brightness: 0.3 }, mels: { gain: 6 } };

  it('puts the variants of what is trained on after it, and leaves that and the rest as they are', async () => {
    const [a, b] = [clip('a'), clip('b', { split: 'test' })];
    const made = await varied([a, b], both);
    expect(made.map(({ id }) => id)).toEqual(['a', 'a~1', 'a~2', 'b']);
    expect([made[0], made[3]]).toEqual([a, b]);
    const [, first, second] = made;
    expect(first).toMatchObject({ label: 'dog', split: 'train' });
    expect(first.pictures).toHaveLength(2);
    expect(first.mel.data).not.toEqual(a.mel.data);
    expect(first.mel.data).not.toEqual(second.mel.data);
    expect(first.pictures[0].data).not.toEqual(a.pictures[0].data);
    expect(first.pictures[0].data).not.toEqual(second.pictures[0].data);
  });

  it('draws by the seed and the name alone', async () => {
    const alone = await varied([clip('b')], both);
    expect((await varied([clip('a'), clip('b')], both)).slice(3)).toEqual(alone);
    expect(await varied([clip('b')], both, { seed: 1 })).not.toEqual(alone);
  });

  it('mixes with sounds of the same class before', async () => {
    const mix = { mels: { mix: { probability: 1, level: [0, 0] } } };
    const last = async (before: PreparedClip[]) => (await varied([...before, clip('z')], mix)).at(-1)!.mel;
    const alone = await last([]);
    expect(alone.data).toEqual(clip('z').mel.data);
    expect(await last([clip('a', { label: 'cat' })])).toEqual(alone);
    const mixed = await last([clip('a')]);
    expect(mixed.data.every((value, i) => value > alone.data[i])).toBe(true);
  });
});
