import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../errors.js';
import type { StateDict } from '../../module/state-dict.js';
import { foldStoredWeightNorm } from '../../module/weight-norm-state.js';
import {
  expectClose,
  type FixtureTensor,
  fixtureBytes,
  joined,
  readFixture,
  stateTensor,
} from '../../testing.test.helper.js';
import { blobSource } from '../byte-source.js';
import { readTensors, storedTensors } from '../checkpoint.js';
import { openCheckpoint } from '../open-checkpoint.js';
import { hostileCheckpoints } from './hostile-checkpoints.test.helper.js';
import { torchCheckpointChunks, type WriteTorchCheckpointOptions } from './write-torch-checkpoint.js';

const fixture = (name: string) => fixtureBytes(`torch/${name}`);
const expected = Object.fromEntries(
  Object.entries(readFixture<Record<string, FixtureTensor>>('torch/expected.json')).map(([name, tensor]) => [
    name,
    stateTensor(tensor),
  ]),
);
const read = async (bytes: Uint8Array, at?: string) => readTensors(await openCheckpoint(bytes, { at }));

describe('openCheckpoint on what torch.save wrote', () => {
  it.each([
    'lightning.ckpt',
    'protocol-4.ckpt',
    'plain.pth',
    'plain.legacy.pt',
    'big-endian.pth',
    'big-endian.legacy.pt',
  ])('reads every type, view and shared storage of %s', async (name) => {
    const state = await read(fixture(name));
    expect(Object.keys(state)).toEqual(Object.keys(expected));
    for (const [key, tensor] of Object.entries(expected)) expect([key, state[key]]).toEqual([key, tensor]);
  });

  it('reads from a blob, and only what a tensor looks at', async () => {
    const source = blobSource(new Blob([fixture('plain.pth')]));
    const lengths: number[] = [];
    const read = (offset: number, length: number) => {
      lengths.push(length);
      return source.read(offset, length);
    };
    const tensors = await openCheckpoint({ size: source.size, read });
    lengths.length = 0;
    expect(await tensors.get('row')!.read()).toEqual(expected['row'].data);
    expect(lengths).toEqual([30, 16]); // a header of the zip archive, and four values
  });

  it('asks which of several state dicts is meant', async () => {
    await expect(read(fixture('two.pt'))).rejects.toThrow(/several sets of tensors; choose "mpd", "msd"/);
    expect(Object.keys(await read(fixture('two.pt'), 'msd'))).toEqual(['weight']);
    expect(await read(fixture('two.pt'), 'mpd')).toEqual(await read(fixture('plain.pth')));
    await expect(read(fixture('two.pt'), 'steps')).rejects.toThrow(
      /no tensors at "steps", but at "mpd", "msd"/,
    );
  });

  it('says what else a file is', async () => {
    await expect(read(fixture('whole-module.pt'))).rejects.toThrow(
      /a whole torch\.nn\.modules\.linear\.Linear/,
    );
    await expect(read(fixture('plain.pickle'))).rejects.toThrow(
      /a pickle, but not one that torch\.save wrote/,
    );
    await expect(read(new TextEncoder().encode('weights'))).rejects.toThrow(/^Not a checkpoint:/);
    await expect(read(new Uint8Array(0))).rejects.toThrow(/^Not a checkpoint:/);
  });
});

describe('foldStoredWeightNorm', () => {
  it('gives the weights of PyTorch for both spellings', async () => {
    const folded = await readTensors(foldStoredWeightNorm(await openCheckpoint(fixture('weight-norm.pth'))));
    const reference = await read(fixture('weight-norm-folded.pth'));
    expect(Object.keys(folded).sort()).toEqual(Object.keys(reference).sort());
    for (const [name, { shape, data }] of Object.entries(reference)) {
      expect([name, folded[name].shape]).toEqual([name, shape]);
      expectClose(folded[name].data, data, 1e-6);
    }
  });
});

describe('torchCheckpointChunks', () => {
  const write = async (state: StateDict, options?: WriteTorchCheckpointOptions) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of torchCheckpointChunks(storedTensors(state), options)) chunks.push(chunk);
    return joined(chunks);
  };

  it('writes what openCheckpoint reads', async () => {
    const state = await read(fixture('plain.pth'));
    expect(await read(await write(state, { integers: new Set(['long']) }))).toEqual(state);
    expect(await read(await write(state, { at: 'generator' }), 'generator')).toEqual(state);
  });

  it('refuses a tensor that is not whole', async () => {
    const state = { weight: { shape: [3], data: new Float32Array(2) } };
    await expect(write(state)).rejects.toThrow(/holds 2 values; give all of them/);
  });
});

describe('hostile checkpoints', () => {
  const sound = fixture('plain.pth');
  const legacy = fixture('plain.legacy.pt');

  it.each(hostileCheckpoints(sound, legacy))('refuses %s', async (_, bytes, message) => {
    const error = await read(bytes).catch((error) => error);
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toMatch(message);
    expect(error.message.length).toBeLessThan(500);
  });

  it('refuses every file that is cut off', async () => {
    for (const bytes of [sound, legacy]) {
      for (let length = 0; length < bytes.length; length += 7) {
        await expect(read(bytes.slice(0, length)), String(length)).rejects.toThrow(CheckpointError);
      }
    }
  });
});
