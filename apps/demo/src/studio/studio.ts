import { type ReadonlySignal, signal } from '@preact/signals';
import type {
  Answer,
  EngineInfo,
  EngineName,
  Generated,
  GenerateRequest,
  GivenMedia,
  ModelInfo,
  Request,
  StepReport,
  Tokens,
  View,
} from './protocol.js';
import { StudioError } from './studio-error.js';
import { whenWorkerEnds } from './worker-life.js';

/** Whether the model can be used. */
export type StudioState =
  /** `share` never goes back, also over restarts. */
  | { phase: 'loading'; share: number; what: string }
  | { phase: 'ready'; engine: EngineInfo; model: ModelInfo }
  /** Nothing works; `start` tries again. */
  | { phase: 'failed'; message: string };

/** Something the visitor should know of, in words; it needs no answer. */
export interface Notice {
  message: string;
}

export interface StudioOptions {
  /** The model folder's address. */
  model: string;
  /** Only this engine; else the fastest that passes its check. */
  engine?: EngineName | undefined;
  /** Threads of wasm; all cores but one, where left out. */
  threads?: number | undefined;
  /** Makes the worker; a test brings one of its own. */
  spawn?: () => Worker;
}

interface Pending {
  request: Extract<Request, { id: number }>;
  resolve(answer: Answer): void;
  reject(error: Error): void;
  onStep?: ((report: StepReport) => void) | undefined;
}

/** To how many workers a request is given, and how often another is started in a row, where they end. */
const MOST_TRIES = 3;

/**
 * The page's side of the model, which lives in a Web Worker: starts it, asks it, and starts another where it ends or its
 * engine is lost, with what was asked for going on there.
 *
 * @example
 * const studio = new Studio({ model: 'model/digits/' });
 * studio.start();
 * const { tokens } = await studio.encode({ picture });
 * const [result] = await studio.generate({ task: 'imageToAudio', canvas: { image: tokens.image }, controls: {}, seed: 1, count: 1 });
 */
export class Studio {
  private readonly current = signal<StudioState>({ phase: 'loading', share: 0, what: 'Starting' });
  readonly notice = signal<Notice | undefined>(undefined);
  /** Milliseconds of the latest generation. */
  readonly took = signal<number | undefined>(undefined);
  private worker: Worker | undefined;
  private stopWatching: () => void = () => {};
  private readonly pending = new Map<number, Pending & { tries: number }>();
  private readonly avoid = new Set<EngineName>();
  private wanted: EngineName | undefined;
  private nextId = 1;
  private restarts = 0;

  constructor(private readonly options: StudioOptions) {
    this.wanted = options.engine;
  }

  get state(): ReadonlySignal<StudioState> {
    return this.current;
  }

  /** Starts the worker, or starts it anew; what is under way goes on there. */
  start(): void {
    this.stop();
    const share = this.current.value.phase === 'loading' ? this.current.value.share : 0;
    this.current.value = { phase: 'loading', share, what: 'Starting' };
    let worker: Worker;
    try {
      worker = (this.options.spawn ?? spawnEngine)();
    } catch (error) {
      this.fail(`The browser does not start the model: ${messageOf(error)}.`);
      return;
    }
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (this.worker === worker) this.hear(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.worker === worker)
        this.recover(`The model stopped: ${messageOf(event) || 'its program cannot be loaded'}.`);
    };
    this.stopWatching = whenWorkerEnds(worker, () => {
      if (this.worker === worker) this.recover('The browser ended the model.');
    });
    const { model, threads } = this.options;
    this.send({ type: 'start', model, engine: this.wanted, avoid: [...this.avoid], threads });
  }

  /** Ends the worker; what is under way waits for the next `start`. */
  stop(): void {
    this.stopWatching();
    this.worker?.terminate();
    this.worker = undefined;
  }

  /** Goes on with another engine; undefined for the fastest that works. */
  use(engine: EngineName | undefined): void {
    this.wanted = engine;
    this.avoid.clear();
    this.restarts = 0;
    this.start();
  }

  /** Media → tokens, and the media in the model's form. @throws StudioError for what cannot be used. */
  async encode(given: GivenMedia, { signal }: { signal?: AbortSignal } = {}): Promise<View> {
    const answer = await this.ask({ type: 'encode', id: this.nextId++, given }, { signal });
    return (answer as Extract<Answer, { type: 'encoded' }>).encoded;
  }

  /** Tokens as they can be looked at. */
  async view(tokens: Tokens, { signal }: { signal?: AbortSignal } = {}): Promise<View> {
    const answer = await this.ask({ type: 'view', id: this.nextId++, tokens }, { signal });
    return (answer as Extract<Answer, { type: 'viewed' }>).view;
  }

  /**
   * Fills a canvas, once for each variation.
   * @throws StudioError, whose code is `cancelled` where `signal` has fired.
   */
  async generate(
    request: GenerateRequest,
    { onStep, signal }: { onStep?: (report: StepReport) => void; signal?: AbortSignal } = {},
  ): Promise<Generated[]> {
    const answer = await this.ask({ type: 'generate', id: this.nextId++, request }, { signal, onStep });
    const { results, milliseconds } = answer as Extract<Answer, { type: 'generated' }>;
    this.took.value = milliseconds;
    return results;
  }

  private ask(
    request: Pending['request'],
    { signal, onStep }: { signal?: AbortSignal | undefined; onStep?: Pending['onStep'] },
  ): Promise<Answer> {
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
        resolve: (answer: Answer) => {
          settled();
          resolve(answer);
        },
        reject: (error: Error) => {
          settled();
          reject(error);
        },
      };
      this.pending.set(request.id, entry);
      if (signal?.aborted) {
        cancel();
        return;
      }
      signal?.addEventListener('abort', cancel);
      if (this.current.value.phase === 'ready') this.give(entry);
      else if (this.current.value.phase === 'failed') {
        this.pending.delete(request.id);
        entry.reject(new StudioError('backend', this.current.value.message));
      } // else it is sent when the model is ready
    });
  }

  private give(entry: Pending & { tries: number }): void {
    if (!this.worker) return; // waits for the next start
    entry.tries++;
    try {
      this.send(entry.request);
    } catch (error) {
      // The browser cannot copy it to the worker.
      this.pending.delete(entry.request.id);
      entry.reject(new StudioError('unexpected', `The model cannot be given this: ${messageOf(error)}.`));
    }
  }

  private send(request: Request): void {
    this.worker?.postMessage(request);
  }

  private hear(answer: Answer): void {
    if (answer.type === 'loading') {
      const before = this.current.value;
      if (before.phase !== 'loading') return; // it is ready, whatever comes late
      this.current.value = {
        phase: 'loading',
        share: Math.max(before.share, answer.share),
        what: answer.what,
      };
    } else if (answer.type === 'ready') {
      this.current.value = { phase: 'ready', engine: answer.engine, model: answer.model };
      for (const entry of this.pending.values()) this.give(entry);
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

  private settle(answer: Extract<Answer, { id: number }>): void {
    const entry = this.pending.get(answer.id);
    if (!entry) return; // cancelled meanwhile
    if (answer.type === 'step') {
      entry.onStep?.(answer.report);
      return;
    }
    this.pending.delete(answer.id);
    if (answer.type === 'error') entry.reject(new StudioError(answer.error.code, answer.error.message));
    else {
      this.restarts = 0;
      entry.resolve(answer);
    }
  }

  /** Starts another worker, and says so; gives up where that has not helped. */
  private recover(reason: string): void {
    this.stop();
    for (const [id, entry] of this.pending) {
      if (entry.tries < MOST_TRIES) continue;
      this.pending.delete(id);
      entry.reject(new StudioError('backend', `${reason} It was tried ${MOST_TRIES} times.`));
    }
    if (++this.restarts > MOST_TRIES) {
      this.fail(reason);
      return;
    }
    this.notice.value = { message: `${reason} It was started again, and goes on where it was.` };
    this.start();
  }

  private fail(message: string): void {
    this.stop();
    this.restarts = 0; // whoever starts it anew has all tries again
    this.current.value = { phase: 'failed', message };
    for (const entry of this.pending.values()) entry.reject(new StudioError('backend', message));
    this.pending.clear();
  }
}

/** An error's words, without what the browser puts before them or a full stop after them. */
const messageOf = (error: unknown) =>
  String((error as Partial<Error>)?.message ?? '').replace(/^Uncaught (\w*Error: )?|\.$/g, '');

const spawnEngine = () =>
  new Worker(new URL('../engine/engine.worker.ts', import.meta.url), { type: 'module', name: 'model' });
