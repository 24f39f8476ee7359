import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CancelledError, throwIfCancelled } from '@visual-echoes/core';
import type { Mel, MelConfig } from '../mel/mel-spectrogram.js';
import { GriffinLimVocoder, type GriffinLimVocoderOptions } from '../vocoder/griffin-lim-vocoder.js';
import type { VocodeOptions, Vocoder } from '../vocoder/vocoder.js';

export interface VocoderData {
  config: MelConfig;
  options: GriffinLimVocoderOptions;
}

export interface Request {
  id: number;
  mel: Mel;
  seed: number;
}

export interface Answer {
  id: number;
  /** Absent where the call failed. */
  samples?: Float32Array;
}

export interface GriffinLimThreadsOptions extends GriffinLimVocoderOptions {
  /** How many at most; as many as the machine has cores. */
  threads?: number;
}

/** By the package's own name, since tests run from the sources and a thread cannot. */
const WORKER = createRequire(import.meta.url).resolve('@visual-echoes/vq-audio/griffin-lim-worker');

interface Thread {
  worker: Worker;
  waiting: Map<number, { resolve: (samples?: Float32Array) => void; reject: (error: unknown) => void }>;
}

/**
 * Griffin–Lim in worker threads: calls that overlap are shared out, and give what `GriffinLimVocoder` gives, byte for
 * byte. A call by itself is done at once, in the caller's own thread. Threads start when first needed and do not keep
 * the process alive.
 *
 * @example
 * const vocoder = new GriffinLimThreads(MEL_DIGITS);
 * const sounds = await Promise.all(mels.map((mel) => vocoder.vocode(mel)));
 * await vocoder.dispose();
 */
export class GriffinLimThreads implements Vocoder {
  readonly sampleRate: number;
  readonly hopLength: number;
  readonly bands: number;
  private readonly own: GriffinLimVocoder;
  private readonly data: VocoderData;
  readonly concurrency: number;
  private readonly threads: Thread[] = [];
  private calls = 0;
  private underWay = 0;

  constructor(
    config: MelConfig,
    { threads = availableParallelism(), ...options }: GriffinLimThreadsOptions = {},
  ) {
    this.own = new GriffinLimVocoder(config, options);
    this.sampleRate = this.own.sampleRate;
    this.hopLength = this.own.hopLength;
    this.bands = this.own.bands;
    this.data = { config, options };
    this.concurrency = threads;
  }

  async vocode(mel: Mel, { seed = 0, signal }: VocodeOptions = {}): Promise<Float32Array> {
    throwIfCancelled(signal);
    this.underWay++;
    try {
      await undefined; // the calls of one turn are counted before the first is begun
      if (this.underWay < 2 || this.concurrency < 2)
        return this.own.vocode(mel, signal ? { seed, signal } : { seed });
      const samples = await this.ask(mel, seed);
      throwIfCancelled(signal);
      return samples ?? this.own.vocode(mel, { seed }); // what failed fails here again, with an error of its own type
    } finally {
      this.underWay--;
    }
  }

  /** Ends the threads. */
  async dispose(): Promise<void> {
    await Promise.all(this.threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  private ask(mel: Mel, seed: number): Promise<Float32Array | undefined> {
    const id = this.calls++;
    const thread = this.threadFor();
    return new Promise((resolve, reject) => {
      thread.waiting.set(id, { resolve, reject });
      thread.worker.ref();
      thread.worker.postMessage({ id, mel, seed } satisfies Request);
    });
  }

  /** The thread with the least to do. */
  private threadFor(): Thread {
    const idle = this.threads.find(({ waiting }) => waiting.size === 0);
    if (idle) return idle;
    if (this.threads.length < this.concurrency) return this.start();
    return this.threads.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
  }

  private start(): Thread {
    const worker = new Worker(WORKER, { workerData: this.data });
    const thread: Thread = { worker, waiting: new Map() };
    worker.on('message', ({ id, samples }: Answer) => {
      thread.waiting.get(id)?.resolve(samples);
      thread.waiting.delete(id);
      if (thread.waiting.size === 0) worker.unref();
    });
    const end = (error: unknown) => {
      this.threads.splice(this.threads.indexOf(thread), this.threads.includes(thread) ? 1 : 0);
      for (const { reject } of thread.waiting.values()) reject(error);
      thread.waiting.clear();
    };
    worker.on('error', end);
    worker.on('exit', () => end(new CancelledError('The vocoder was disposed of before it was done.')));
    worker.unref();
    this.threads.push(thread);
    return thread;
  }
}
