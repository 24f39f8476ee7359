import { afterEach, expect, it, vi } from 'vitest';
import type { VisualEchoes } from '../visual-echoes.js';
import type { LoadModelInPageOptions, loadModel } from './load-model.js';
import { releaseModels, sharedModel } from './shared-models.js';

const ADDRESS = 'https://example.org/model';

/** Loads that tests end by hand. */
class FakeLoads {
  readonly begun: {
    options: LoadModelInPageOptions;
    model: VisualEchoes & { dispose: ReturnType<typeof vi.fn> };
    end(): void;
    fail(error: Error): void;
  }[] = [];

  readonly load = ((_address: string, options: LoadModelInPageOptions) =>
    new Promise<VisualEchoes>((resolve, reject) => {
      const model = { dispose: vi.fn() } as never;
      this.begun.push({ options, model, end: () => resolve(model), fail: reject });
      options.signal?.addEventListener('abort', () => reject(options.signal!.reason));
    })) as unknown as typeof loadModel;
}

afterEach(() => releaseModels());

it('loads once for calls that come together, and keeps the model', async () => {
  const { begun, load } = new FakeLoads();
  const calls = [sharedModel(ADDRESS, {}, load), sharedModel(new URL(`${ADDRESS}/`), {}, load)];
  expect(begun).toHaveLength(1);
  begun[0].end();
  expect(await Promise.all(calls)).toEqual([begun[0].model, begun[0].model]);
  expect(await sharedModel(ADDRESS, {}, load)).toBe(begun[0].model);
  void sharedModel('https://example.org/other', {}, load).catch(() => undefined);
  expect(begun).toHaveLength(2);
});

it('tells every caller of the progress', async () => {
  const { begun, load } = new FakeLoads();
  const told: string[] = [];
  const calls = ['a', 'b'].map((name) =>
    sharedModel(ADDRESS, { onProgress: (share) => told.push(`${name} ${share}`) }, load),
  );
  begun[0].options.onProgress!(0.5);
  expect(told).toEqual(['a 0.5', 'b 0.5']);
  begun[0].end();
  await Promise.all(calls);
});

it('tries again after a failure', async () => {
  const { begun, load } = new FakeLoads();
  const first = sharedModel(ADDRESS, {}, load);
  begun[0].fail(new Error('no connection'));
  await expect(first).rejects.toThrow('no connection');
  const second = sharedModel(ADDRESS, {}, load);
  begun[1].end();
  expect(await second).toBe(begun[1].model);
});

it('goes on for others where one caller cancels, and stops where all do', async () => {
  const { begun, load } = new FakeLoads();
  const [a, b] = [new AbortController(), new AbortController()];
  const calls = [a, b].map(({ signal }) => sharedModel(ADDRESS, { signal }, load));
  a.abort();
  await expect(calls[0]).rejects.toMatchObject({ code: 'cancelled' });
  expect(begun[0].options.signal!.aborted).toBe(false);
  b.abort();
  await expect(calls[1]).rejects.toMatchObject({ code: 'cancelled' });
  expect(begun[0].options.signal!.aborted).toBe(true);
  const next = sharedModel(ADDRESS, {}, load);
  expect(begun).toHaveLength(2);
  begun[1].end();
  expect(await next).toBe(begun[1].model);
});

it('begins nothing for who has cancelled already', async () => {
  const { begun, load } = new FakeLoads();
  const call = sharedModel(ADDRESS, { signal: AbortSignal.abort() }, load);
  await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  expect(begun).toHaveLength(0);
});

it('frees models, also one that nobody waits for when it comes', async () => {
  const { begun, load } = new FakeLoads();
  const first = sharedModel(ADDRESS, {}, load);
  begun[0].end();
  await first;
  await releaseModels('https://example.org/other');
  expect(begun[0].model.dispose).not.toHaveBeenCalled();
  await releaseModels(ADDRESS);
  expect(begun[0].model.dispose).toHaveBeenCalledOnce();

  const stop = new AbortController();
  const late = sharedModel(ADDRESS, { signal: stop.signal }, ((...args: Parameters<typeof load>) =>
    load(args[0], { ...args[1], signal: undefined })) as typeof load);
  stop.abort();
  await expect(late).rejects.toMatchObject({ code: 'cancelled' });
  begun[1].end();
  await vi.waitFor(() => expect(begun[1].model.dispose).toHaveBeenCalledOnce());
});
