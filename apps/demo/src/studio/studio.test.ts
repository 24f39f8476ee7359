import { afterEach, describe, expect, it, vi } from 'vitest';
import type {
  Answer,
  EngineName,
  ErrorReport,
  Generated,
  ModelInfo,
  Request,
  StepReport,
  View,
} from './protocol.js';
import { Studio, type StudioState } from './studio.js';
import { StudioError } from './studio-error.js';

/** A worker of which the test sees what it is asked, and for which the test answers. */
class FakeWorker {
  readonly worker = new Worker(new URL('./living.test.worker.ts', import.meta.url), { type: 'module' });
  readonly asked: Request[] = [];
  terminated = false;
  /** Whether the browser would now tell of its end. */
  readonly watched: Promise<void>;
  private readonly post = this.worker.postMessage.bind(this.worker);

  constructor() {
    this.watched = new Promise((resolve) => {
      this.worker.addEventListener(
        'message',
        ({ data }) => data?.type === 'living' && setTimeout(resolve, 50),
      );
    });
    this.worker.postMessage = (message: Request | { type: 'live' }) => {
      if (message.type === 'live') this.post(message);
      else this.asked.push(message);
    };
    const terminate = this.worker.terminate.bind(this.worker);
    this.worker.terminate = () => {
      this.terminated = true;
      terminate();
    };
  }

  /** As if the worker said it. */
  say(data: Answer): void {
    this.worker.dispatchEvent(new MessageEvent('message', { data }));
  }

  /** As the browser ends a worker: without a word. */
  async kill(): Promise<void> {
    await this.watched;
    Worker.prototype.terminate.call(this.worker);
  }

  do(what: 'throw' | 'close'): void {
    this.post(what);
  }

  ids(type: Request['type']): number[] {
    return this.asked.flatMap((request) => (request.type === type && 'id' in request ? [request.id] : []));
  }
}

const model = { name: 'digits' } as ModelInfo;
const error = (message: string): ErrorReport => ({ code: 'backend', name: 'BackendError', message });
const ready = (name: EngineName = 'webgpu'): Answer => ({
  type: 'ready',
  engine: { name, label: name, skipped: [] },
  model,
});
const view = { tokens: {} } as View;
const request = { task: 'coGenerate', canvas: {}, controls: {}, seed: 1, count: 1 } as const;

const studios: Studio[] = [];

/** A studio, and the workers that it has started so far. */
function setUp(engine?: EngineName) {
  const workers: FakeWorker[] = [];
  const studio = new Studio({
    model: 'model/',
    engine,
    spawn: () => {
      workers.push(new FakeWorker());
      return workers.at(-1)!.worker;
    },
  });
  studios.push(studio);
  const states: StudioState[] = [];
  studio.state.subscribe((state) => states.push(state));
  return { studio, workers, states };
}

const next = (workers: FakeWorker[], count: number) =>
  vi.waitFor(() => expect(workers).toHaveLength(count), { timeout: 5000 });

afterEach(() => {
  for (const studio of studios.splice(0)) studio.stop();
});

describe('Studio', () => {
  it('starts the worker with what it was told', () => {
    const { studio, workers, states } = setUp('wasm');
    studio.start();
    expect(workers[0].asked).toEqual([{ type: 'start', model: 'model/', engine: 'wasm', avoid: [] }]);
    workers[0].say({ type: 'loading', share: 0.5, what: 'Loading' });
    workers[0].say(ready('wasm'));
    expect(states.map(({ phase }) => phase)).toEqual(['loading', 'loading', 'loading', 'ready']);
    expect(states.at(-1)).toMatchObject({ engine: { name: 'wasm' }, model: { name: 'digits' } });
  });

  it('shows progress that never goes back, also over restarts', async () => {
    const { studio, workers, states } = setUp();
    studio.start();
    const loading = (share: number) => workers.at(-1)!.say({ type: 'loading', share, what: 'Loading' });
    for (const share of [0.1, 0.3, 0.2]) loading(share);
    workers[0].do('throw');
    await next(workers, 2);
    for (const share of [0, 0.2, 0.6]) loading(share);
    studio.start();
    loading(0.1);
    const shares = states.map((state) => (state.phase === 'loading' ? state.share : Number.NaN));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(0.6);
  });

  it('is ready from then on, whatever still tells of loading', () => {
    const { studio, workers } = setUp();
    studio.start();
    workers[0].say(ready());
    workers[0].say({ type: 'loading', share: 1, what: 'Loading' });
    expect(studio.state.value.phase).toBe('ready');
  });

  it('asks when the model is ready what was asked before', async () => {
    const { studio, workers } = setUp();
    const early = studio.encode({}); // before start
    studio.start();
    const later = studio.view({});
    expect(workers[0].asked).toHaveLength(1);
    workers[0].say(ready());
    expect(workers[0].asked.slice(1)).toMatchObject([
      { type: 'encode', id: 1 },
      { type: 'view', id: 2 },
    ]);
    workers[0].say({ type: 'viewed', id: 2, view });
    workers[0].say({ type: 'encoded', id: 1, encoded: view });
    expect(await early).toBe(view);
    expect(await later).toBe(view);
  });

  it('generates, with each step on the way', async () => {
    const { studio, workers } = setUp();
    studio.start();
    workers[0].say(ready());
    const onStep = vi.fn();
    const generating = studio.generate(request, { onStep });
    expect(workers[0].asked.at(-1)).toEqual({ type: 'generate', id: 1, request });
    const report = { step: 1, steps: 2, variations: [] } satisfies StepReport;
    workers[0].say({ type: 'step', id: 1, report });
    const results = [{}] as Generated[];
    workers[0].say({ type: 'generated', id: 1, results, milliseconds: 123 });
    expect(await generating).toBe(results);
    expect(onStep.mock.calls).toEqual([[report]]);
    expect(studio.took.value).toBe(123);
  });

  it("throws the worker's error as one for the visitor", async () => {
    const { studio, workers } = setUp();
    studio.start();
    workers[0].say(ready());
    const asking = studio.encode({});
    workers[0].say({
      type: 'error',
      id: 1,
      error: { code: 'invalid-input', name: 'X', message: 'It is silent.' },
    });
    await expect(asking).rejects.toThrow(new StudioError('invalid-input', 'It is silent.'));
    await expect(asking).rejects.toMatchObject({ name: 'StudioError', code: 'invalid-input' });
    expect(studio.state.value.phase).toBe('ready');
  });

  it('rejects what cannot be sent, and forgets it', async () => {
    const { studio, workers } = setUp();
    studio.start();
    workers[0].say(ready());
    workers[0].worker.postMessage = () => {
      throw new DOMException('not cloned', 'DataCloneError');
    };
    await expect(studio.encode({})).rejects.toMatchObject({ name: 'StudioError', code: 'unexpected' });
    studio.start();
    workers[1].say(ready());
    expect(workers[1].asked).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('rejects with its code, tells the worker, and hears no answer any more', async () => {
    const { studio, workers } = setUp();
    studio.start();
    workers[0].say(ready());
    const onStep = vi.fn();
    const cancelling = new AbortController();
    const generating = studio.generate(request, { signal: cancelling.signal, onStep });
    cancelling.abort();
    await expect(generating).rejects.toMatchObject({ name: 'StudioError', code: 'cancelled' });
    expect(workers[0].asked.at(-1)).toEqual({ type: 'cancel', id: 1 });
    workers[0].say({ type: 'step', id: 1, report: { step: 1, steps: 2, variations: [] } });
    workers[0].say({ type: 'generated', id: 1, results: [], milliseconds: 1 });
    workers[0].say({ type: 'error', id: 1, error: error('late') });
    expect(onStep).not.toHaveBeenCalled();
    expect(studio.took.value).toBeUndefined();
    const another = studio.view({});
    workers[0].say({ type: 'viewed', id: 2, view });
    expect(await another).toBe(view);
  });

  it('asks nothing where it comes before the question', async () => {
    const { studio, workers } = setUp();
    studio.start();
    workers[0].say(ready());
    await expect(studio.encode({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(workers[0].ids('encode')).toEqual([]);
  });

  it('takes back what waits for the model', async () => {
    const { studio, workers } = setUp();
    studio.start();
    const cancelling = new AbortController();
    const asking = studio.encode({}, { signal: cancelling.signal });
    cancelling.abort();
    await expect(asking).rejects.toMatchObject({ code: 'cancelled' });
    workers[0].say(ready());
    expect(workers[0].ids('encode')).toEqual([]);
  });

  it('does nothing to what is done', async () => {
    const { studio, workers } = setUp();
    studio.start();
    workers[0].say(ready());
    const cancelling = new AbortController();
    const asking = studio.view({}, { signal: cancelling.signal });
    workers[0].say({ type: 'viewed', id: 1, view });
    await asking;
    cancelling.abort();
    expect(workers[0].ids('cancel')).toEqual([]);
  });
});

describe('a worker that ends', () => {
  it.each<[string, (worker: FakeWorker) => unknown, RegExp]>([
    ['is killed', (worker) => worker.kill(), /browser ended the model/],
    ['closes', async (worker) => worker.watched.then(() => worker.do('close')), /browser ended the model/],
    ['throws', (worker) => worker.do('throw'), /out of memory/],
  ])('is started again where it %s, and asked again', async (_, end, reason) => {
    const { studio, workers } = setUp();
    studio.start();
    workers[0].say(ready());
    const generating = studio.generate(request);
    await end(workers[0]);
    await next(workers, 2);
    expect(workers[0].terminated).toBe(true);
    expect(studio.state.value.phase).toBe('loading');
    expect(studio.notice.value?.message).toMatch(reason);
    expect(studio.notice.value?.message).toMatch(/started again/);
    expect(workers[1].asked).toMatchObject([{ type: 'start', avoid: [] }]);
    workers[1].say(ready());
    expect(workers[1].ids('generate')).toEqual([1]);
    workers[0].say({ type: 'error', id: 1, error: error('from the one that is gone') });
    workers[1].say({ type: 'generated', id: 1, results: [], milliseconds: 1 });
    expect(await generating).toEqual([]);
  });

  it('is given a request three times, then it is refused in words, and others go on', async () => {
    const { studio, workers } = setUp();
    studio.start();
    const generating = studio.generate(request);
    const refusal = expect(generating).rejects.toMatchObject({
      name: 'StudioError',
      code: 'backend',
      message: expect.stringMatching(/^The model stopped: out of memory\. .*3 times/),
    });
    for (let tries = 1; tries <= 3; tries++) {
      await next(workers, tries);
      workers[tries - 1].say(ready());
      expect(workers[tries - 1].ids('generate')).toEqual([1]);
      workers[tries - 1].do('throw');
    }
    await refusal;
    await next(workers, 4);
    workers[3].say(ready());
    expect(workers[3].ids('generate')).toEqual([]);
    const another = studio.view({});
    workers[3].say({ type: 'viewed', id: 2, view });
    expect(await another).toBe(view);
  });

  it('does not count against a request that it never had', async () => {
    const { studio, workers } = setUp();
    studio.start();
    const asking = studio.encode({});
    for (let tries = 1; tries <= 3; tries++) {
      await next(workers, tries);
      workers[tries - 1].do('throw'); // while it loads
    }
    await next(workers, 4);
    workers[3].say(ready());
    expect(workers[3].ids('encode')).toEqual([1]);
    workers[3].say({ type: 'encoded', id: 1, encoded: view });
    expect(await asking).toBe(view);
  });

  it('is given up where it never comes to anything, until it is started anew', async () => {
    const { studio, workers } = setUp();
    studio.start();
    const asking = studio.encode({});
    const refusal = expect(asking).rejects.toMatchObject({ name: 'StudioError', code: 'backend' });
    for (let tries = 1; tries <= 4; tries++) {
      await next(workers, tries);
      workers[tries - 1].do('throw');
    }
    await refusal;
    expect(studio.state.value).toMatchObject({
      phase: 'failed',
      message: expect.stringMatching(/out of memory/),
    });
    expect(workers).toHaveLength(4);
    studio.start();
    expect(studio.state.value.phase).toBe('loading');
    workers[4].do('throw');
    await next(workers, 6); // it has all its tries again
    workers[5].say(ready());
    expect(studio.state.value.phase).toBe('ready');
  });

  it('is not missed where the page itself has ended it', async () => {
    const { studio, workers } = setUp();
    studio.start();
    await workers[0].watched;
    studio.start();
    await workers[1].watched;
    studio.stop();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(workers).toHaveLength(2);
    expect(studio.notice.value).toBeUndefined();
  });

  it('leaves what was asked to the next start', async () => {
    const { studio, workers } = setUp();
    studio.start();
    workers[0].say(ready());
    const asking = studio.view({});
    studio.stop();
    const whileStopped = studio.encode({});
    studio.start();
    workers[1].say(ready());
    expect(workers[1].ids('view')).toEqual([1]);
    workers[1].say({ type: 'viewed', id: 1, view });
    workers[1].say({ type: 'encoded', id: 2, encoded: view });
    expect(await Promise.all([asking, whileStopped])).toEqual([view, view]);
  });
});

describe('an engine that is lost', () => {
  it('is avoided, also where it was wanted, and what was asked goes on with another', async () => {
    const { studio, workers } = setUp('webgpu');
    studio.start();
    workers[0].say(ready('webgpu'));
    const asking = studio.view({});
    workers[0].say({ type: 'lost', error: error('The GPU is gone.') });
    expect(workers[1].asked).toEqual([
      { type: 'start', model: 'model/', engine: undefined, avoid: ['webgpu'] },
    ]);
    expect(studio.notice.value?.message).toMatch(/GPU is gone/);
    workers[1].say(ready('wasm'));
    workers[1].say({ type: 'viewed', id: 1, view });
    expect(await asking).toBe(view);
    workers[1].say({ type: 'lost', error: error('Gone too.') });
    expect(workers[2].asked).toMatchObject([{ avoid: ['webgpu', 'wasm'] }]);
  });

  it('is tried again when it is chosen', () => {
    const { studio, workers } = setUp();
    studio.start();
    workers[0].say(ready('webgpu'));
    workers[0].say({ type: 'lost', error: error('The GPU is gone.') });
    studio.use('webgpu');
    expect(workers[2].asked).toEqual([{ type: 'start', model: 'model/', engine: 'webgpu', avoid: [] }]);
  });
});

describe('a model that cannot be had', () => {
  it('rejects all that was asked, and all that is asked then', async () => {
    const { studio, workers } = setUp();
    studio.start();
    const asking = [studio.encode({}), studio.view({}), studio.generate(request)];
    workers[0].say({ type: 'failed', error: error('The model folder is not there.') });
    for (const one of [...asking, studio.view({})])
      await expect(one).rejects.toThrow(new StudioError('backend', 'The model folder is not there.'));
    expect(studio.state.value).toEqual({ phase: 'failed', message: 'The model folder is not there.' });
    expect(workers[0].terminated).toBe(true);
    studio.start();
    workers[1].say(ready());
    expect(workers[1].asked).toHaveLength(1);
  });

  it('is said in words where the browser makes no worker', async () => {
    const studio = new Studio({
      model: 'model/',
      spawn: () => {
        throw new DOMException('forbidden', 'SecurityError');
      },
    });
    const asking = studio.view({});
    studio.start();
    expect(studio.state.value).toMatchObject({
      phase: 'failed',
      message: expect.stringMatching(/forbidden/),
    });
    await expect(asking).rejects.toMatchObject({ code: 'backend' });
  });
});
