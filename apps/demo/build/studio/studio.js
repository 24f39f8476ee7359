import { signal } from '@preact/signals';
import { StudioError } from './studio-error.js';
import { whenWorkerEnds } from './worker-life.js';

/** How often a request is given to another worker where the one that had it ended. */
const MOST_TRIES = 3;
/**
 * The page's side of the model, which lives in a Web Worker: starts it, asks it, and starts another where it ends or its
 * engine is lost, with what was asked for going on there.
 *
 * @example
 * const studio = new Studio({ model: 'model/' });
 * studio.start();
 * const { tokens } = await studio.encode({ picture });
 * const [result] = await studio.generate({ task: 'imageToAudio', canvas: { image: tokens.image }, controls: {}, seed: 1, count: 1 });
 */
export class Studio {
  options;
  current = signal({ phase: 'loading', share: 0, what: 'Starting' });
  notice = signal(undefined);
  /** Milliseconds of the latest generation. */
  took = signal(undefined);
  worker;
  stopWatching = () => {};
  pending = new Map();
  avoid = new Set();
  wanted;
  nextId = 1;
  restarts = 0;
  constructor(options) {
    this.options = options;
    this.wanted = options.engine;
  }
  get state() {
    return this.current;
  }
  /** Starts the worker, or starts it anew; what is under way goes on there. */
  start() {
    this.stop();
    const share = this.current.value.phase === 'loading' ? this.current.value.share : 0;
    this.current.value = { phase: 'loading', share, what: 'Starting' };
    const worker = (this.options.spawn ?? spawnEngine)();
    this.worker = worker;
    worker.onmessage = ({ data }) => {
      if (this.worker === worker) this.hear(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.worker === worker)
        this.recover(`The model stopped: ${event.message || 'its program cannot be loaded'}.`);
    };
    this.stopWatching = whenWorkerEnds(worker, () => {
      if (this.worker === worker) this.recover('The browser ended the model.');
    });
    this.send({ type: 'start', model: this.options.model, engine: this.wanted, avoid: [...this.avoid] });
  }
  /** Ends the worker; what is under way waits for the next `start`. */
  stop() {
    this.stopWatching();
    this.worker?.terminate();
    this.worker = undefined;
  }
  /** Goes on with another engine; undefined for the fastest that works. */
  use(engine) {
    this.wanted = engine;
    this.avoid.clear();
    this.restarts = 0;
    this.start();
  }
  /** Media → tokens, and the media in the model's form. @throws StudioError for what cannot be used. */
  async encode(given, { signal } = {}) {
    const answer = await this.ask({ type: 'encode', id: this.nextId++, given }, { signal });
    return answer.encoded;
  }
  /** Tokens as they can be looked at. */
  async view(tokens, { signal } = {}) {
    const answer = await this.ask({ type: 'view', id: this.nextId++, tokens }, { signal });
    return answer.view;
  }
  /**
   * Fills a canvas, once for each variation.
   * @throws StudioError, whose code is `cancelled` where `signal` has fired.
   */
  async generate(request, { onStep, signal } = {}) {
    const answer = await this.ask({ type: 'generate', id: this.nextId++, request }, { signal, onStep });
    const { results, milliseconds } = answer;
    this.took.value = milliseconds;
    return results;
  }
  ask(request, { signal, onStep }) {
    return new Promise((resolve, reject) => {
      const cancel = () => {
        if (!this.pending.delete(request.id)) return;
        this.send({ type: 'cancel', id: request.id });
        reject(new StudioError('cancelled', 'Cancelled.'));
      };
      const settled = () => signal?.removeEventListener('abort', cancel);
      const entry = {
        request,
        onStep,
        tries: 0,
        resolve: (answer) => {
          settled();
          resolve(answer);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      this.pending.set(request.id, entry);
      if (signal?.aborted) return cancel();
      signal?.addEventListener('abort', cancel);
      if (this.current.value.phase === 'ready') this.send(request);
      else if (this.current.value.phase === 'failed') {
        this.pending.delete(request.id);
        entry.reject(new StudioError('backend', this.current.value.message));
      } // else it is sent when the model is ready
    });
  }
  send(request) {
    this.worker?.postMessage(request);
  }
  hear(answer) {
    if (answer.type === 'loading') {
      const before = this.current.value.phase === 'loading' ? this.current.value.share : 0;
      this.current.value = {
        phase: 'loading',
        share: Math.max(before, answer.share),
        what: answer.what,
      };
    } else if (answer.type === 'ready') {
      this.current.value = { phase: 'ready', engine: answer.engine, model: answer.model };
      for (const { request } of this.pending.values()) this.send(request);
    } else if (answer.type === 'failed') {
      this.fail(answer.error.message);
    } else if (answer.type === 'lost') {
      const { current } = this;
      if (current.value.phase === 'ready') this.avoid.add(current.value.engine.name);
      this.wanted = undefined;
      this.recover(answer.error.message);
    } else {
      this.settle(answer);
    }
  }
  settle(answer) {
    const entry = this.pending.get(answer.id);
    if (!entry) return; // cancelled meanwhile
    if (answer.type === 'step') return entry.onStep?.(answer.report);
    this.pending.delete(answer.id);
    if (answer.type === 'error') entry.reject(new StudioError(answer.error.code, answer.error.message));
    else {
      this.restarts = 0;
      entry.resolve(answer);
    }
  }
  /** Starts another worker, and says so; gives up where that has not helped. */
  recover(reason) {
    this.stop();
    for (const [id, entry] of this.pending) {
      if (++entry.tries < MOST_TRIES) continue;
      this.pending.delete(id);
      entry.reject(new StudioError('backend', `${reason} It was tried ${MOST_TRIES} times.`));
    }
    if (++this.restarts > MOST_TRIES) return this.fail(reason);
    this.notice.value = { message: `${reason} It was started again, and goes on where it was.` };
    this.start();
  }
  fail(message) {
    this.stop();
    this.current.value = { phase: 'failed', message };
    for (const entry of this.pending.values()) entry.reject(new StudioError('backend', message));
    this.pending.clear();
  }
}
const spawnEngine = () =>
  new Worker(new URL('../engine/engine.worker.ts', import.meta.url), { type: 'module', name: 'model' });
