import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { forget } from '../choice/candidate.js';
import { selectBackend } from './index.js';
import { type PageWorker, page } from './page.js';
import { findSpawnThread } from './spawn-thread.js';

const wasmPaths = (import.meta as ImportMeta & { env: Record<string, string> }).env['WASM_PATHS'];
const Original = page.Worker;

/** Notes the addresses of workers, and sends those that `refused` matches to an address where there is nothing. */
function watchWorkers(refused: RegExp): string[] {
  const addresses: string[] = [];
  vi.stubGlobal(
    'Worker',
    class {
      constructor(address: string | URL, ...options: []) {
        addresses.push(String(address));
        const taken: PageWorker = new Original(
          refused.test(String(address)) ? '/nothing.js' : `${address}`,
          ...options,
        );
        // biome-ignore lint/correctness/noConstructorReturn: a stand-in for the class of the page
        return taken;
      }
    },
  );
  return addresses;
}

const start = async () => {
  forget('wasm');
  const { label } = await selectBackend({ prefer: 'wasm', threads: 2, wasmPaths });
  const product = tf.tidy(() => tf.matMul(tf.ones([300, 200]), tf.ones([200, 300])).dataSync());
  expect(product.every((x) => x === 200)).toBe(true);
  return label;
};

afterEach(() => vi.unstubAllGlobals());

it('starts threads from a file, which a policy without blobs allows', async () => {
  const addresses = watchWorkers(/^blob:/);
  expect(await start()).toContain('2 threads');
  expect(addresses).toHaveLength(2); // a trial and the thread
  for (const address of addresses) expect(address).toMatch(/thread-worker/);
});

it('starts them from a text where the file cannot be had', async () => {
  const addresses = watchWorkers(/thread-worker/);
  expect(await start()).toContain('2 threads');
  expect(addresses.slice(1)).toEqual([expect.stringMatching(/^blob:/), expect.stringMatching(/^blob:/)]);
});

it('takes one thread where neither starts', async () => {
  watchWorkers(/./);
  expect(await start()).toContain('1 thread)');
  vi.stubGlobal('Worker', undefined);
  expect(await findSpawnThread()).toBeUndefined();
});
