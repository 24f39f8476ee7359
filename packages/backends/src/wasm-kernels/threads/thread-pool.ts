import { BackendError } from '@visual-echoes/core';
import {
  CONTROL_BYTES,
  CONTROL_WORDS,
  JOB_HEADER,
  MOST_ARGUMENTS,
  type ThreadData,
  threadMain,
  WORD,
} from './thread-main.js';

/** Starts a thread that runs `source`, whose value is a function of `data`; returns how to end it. */
export type SpawnThread = (source: string, data: ThreadData) => () => void;

/** The text that a thread runs: a function of its data. */
export const THREAD_SOURCE = `(data) => (${threadMain.toString()})(data, WebAssembly)`;

/** An argument of a call: a number, or one that differs from piece to piece or from thread to thread. */
export type Argument = number | { value: number; perPiece?: number; perThread?: number };

/** How long others may take for the pieces that they have begun, in milliseconds. */
const LONGEST = 60_000;

/**
 * Threads that run functions of one WebAssembly module, in one shared memory, on parts of a range. The caller works
 * along; it never waits for a thread to wake, only for pieces that one has begun.
 */
export class ThreadPool {
  private readonly words: Int32Array;
  private readonly job: Float64Array;
  private readonly indices: ReadonlyMap<string, number>;
  private readonly ends: readonly (() => void)[];
  private readonly threads: number;

  /** @param others what each thread beside the caller's is given, and how it is started. */
  constructor(
    {
      module,
      memory,
      names,
      stacks,
    }: Pick<ThreadData, 'module' | 'memory' | 'names'> & { stacks: readonly number[] },
    spawn: SpawnThread,
  ) {
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    this.words = new Int32Array(control, 0, CONTROL_WORDS);
    this.job = new Float64Array(control, CONTROL_WORDS * 4);
    this.indices = new Map(names.map((name, i) => [name, i]));
    this.ends = stacks.map((stack, i) =>
      spawn(THREAD_SOURCE, { module, memory, control, names, stack, thread: i + 1 }),
    );
    this.threads = 1 + stacks.length;
  }

  /** How many work, the caller's among them. */
  get size(): number {
    return this.threads;
  }

  /**
   * Calls `own(piece)` in this thread and the function in the others until all pieces are done.
   * @throws BackendError where a thread failed.
   */
  run(
    name: string,
    args: readonly Argument[],
    count: number,
    pieces: number,
    own: (piece: number) => void,
  ): void {
    const { words, job } = this;
    if (args.length > MOST_ARGUMENTS) throw new BackendError(`${name} has too many arguments for a thread.`);
    job[0] = this.indices.get(name)!;
    job[1] = count;
    job[2] = pieces;
    job[3] = args.length;
    args.forEach((argument, i) => {
      const {
        value,
        perPiece = 0,
        perThread = 0,
      } = typeof argument === 'number' ? { value: argument } : argument;
      job.set([value, perPiece, perThread], JOB_HEADER + 3 * i);
    });
    Atomics.store(words, WORD.next, 0);
    Atomics.store(words, WORD.open, 1);
    Atomics.add(words, WORD.round, 1);
    Atomics.notify(words, WORD.round);
    try {
      for (;;) {
        const piece = Atomics.add(words, WORD.next, 1);
        if (piece >= pieces) break;
        own(piece);
      }
    } finally {
      Atomics.store(words, WORD.open, 0);
      this.awaitOthers(name);
    }
    if (Atomics.exchange(words, WORD.failed, 0) === 1) {
      throw new BackendError(`A thread of the wasm backend failed in ${name}. Start again with one thread.`);
    }
  }

  /** Ends the threads. */
  dispose(): void {
    Atomics.store(this.words, WORD.stop, 1);
    Atomics.add(this.words, WORD.round, 1);
    Atomics.notify(this.words, WORD.round);
    for (const end of this.ends) end();
  }

  private awaitOthers(name: string): void {
    let since: number | undefined;
    for (let looks = 1; Atomics.load(this.words, WORD.active) > 0; looks++) {
      if (looks % 1_000_000 !== 0) continue;
      since ??= performance.now();
      if (performance.now() - since > LONGEST) {
        throw new BackendError(
          `A thread of the wasm backend does not end ${name}. Start again with one thread.`,
        );
      }
    }
  }
}
