import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { BackendError, ConfigurationError } from '@visual-echoes/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Candidate } from './candidate.js';
import { chooseBackend } from './choose-backend.js';
import { listCandidates } from './list-candidates.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** An engine that works, or fails with a word. */
const engine = (name: string, failure?: string): Candidate<string, object> => ({
  name,
  packageName: `package-of-${name}`,
  remedy: `get ${name}`,
  start: async () => {
    if (failure) throw new BackendError(`${failure}\n    at a line of code`);
    return `the engine ${name}`;
  },
});

const messages: string[] = [];
const choose = (candidates: Candidate<string, object>[], wanted?: string) => {
  messages.length = 0;
  return chooseBackend(candidates, {
    wanted,
    askedBy: 'The backend',
    startOptions: {},
    selfCheck: false,
    onMessage: (message) => messages.push(message),
    remedy: 'get anything',
  });
};

describe('chooseBackend', () => {
  it('takes the first that starts, and says why none before it was', async () => {
    const chosen = await choose([engine('a', 'no a here'), engine('b'), engine('c')]);
    expect(chosen).toEqual({
      name: 'b',
      label: 'the engine b',
      skipped: [{ name: 'package-of-a', reason: 'no a here' }],
    });
    expect(messages).toEqual(['Backend: the engine b (no a here)']);
  });

  it('starts an engine plainly where it fails, before the next', async () => {
    const plain = { ...engine('a', 'no threads'), startPlainly: async () => 'a, plainly' };
    expect(await choose([plain, engine('b')])).toMatchObject({ name: 'a', label: 'a, plainly' });
    expect(messages).toEqual(['Backend: a, plainly (no threads)']);
    const broken = { ...plain, startPlainly: plain.start };
    expect((await choose([broken, engine('b')])).skipped).toEqual([
      { name: 'package-of-a', reason: 'no threads' },
    ]);
  });

  it('takes only the one that is wanted', async () => {
    expect(await choose([engine('a'), engine('b')], 'b')).toMatchObject({ name: 'b', skipped: [] });
    await expect(choose([engine('a', 'no a here'), engine('b')], 'a')).rejects.toThrow(
      new BackendError('The backend a is not available: no a here. Get it: get a'),
    );
    await expect(choose([engine('a')], 'z')).rejects.toThrow(
      new ConfigurationError('The backend is "z"; it may be a.'),
    );
    await expect(choose([engine('a', 'no a'), engine('b', 'no b')])).rejects.toThrow(
      'No backend is available: no a; no b. Get one: get anything',
    );
  });
});

describe('listCandidates', () => {
  it('reports each, measures those that compute right, and puts the backend back', async () => {
    const reports = await listCandidates([engine('a', 'no a here'), engine('b'), engine('b')], {});
    expect(reports).toMatchObject([
      { name: 'a', available: false, reason: 'no a here', remedy: 'get a' },
      { name: 'b', available: true, label: 'the engine b', selfCheck: { ok: true } },
      { name: 'b', available: false, reason: 'not tried: package-of-b already gives the backend b' },
    ]);
    expect(reports[1].speed!.matMul).toBeGreaterThan(0);
    expect(tf.getBackend()).toBe('cpu');
  });
});
