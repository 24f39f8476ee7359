/** Places in the control words that all threads share, and how many there are. */
export const WORD = { round: 0, open: 1, active: 2, next: 3, failed: 4, stop: 5 } as const;
export const CONTROL_WORDS = 8;
/**
 * Numbers of a job, which follow the control words: the function's index, the count of its range and of the pieces, how
 * many arguments there are, then for each argument its value, and what is added to it for each piece and each thread.
 */
export const JOB_HEADER = 4;
export const MOST_ARGUMENTS = 24;
export const CONTROL_BYTES = CONTROL_WORDS * 4 + (JOB_HEADER + 3 * MOST_ARGUMENTS) * 8;

/** What a thread is given when it starts. */
export interface ThreadData {
  module: object;
  memory: object;
  control: SharedArrayBuffer;
  /** The functions by index. */
  names: readonly string[];
  /** The end of its stack. */
  stack: number;
  /** From 1; the caller's own thread is 0. */
  thread: number;
}

/**
 * What a thread does; it is sent as text, and so refers to nothing outside. It sleeps until the round goes on, and takes
 * pieces of the open job as long as there are any. `active` counts the threads that are looking at a job, so that no
 * other is written meanwhile; a thread that comes too late finds the job closed.
 */
export function threadMain(
  data: ThreadData,
  constructors: { Instance: new (m: object, i: object) => object },
): void {
  const { module, memory, control, names, stack, thread } = data;
  const instance = new constructors.Instance(module, { env: { memory } }) as {
    exports: Record<string, ((...args: number[]) => void) & { value: number }>;
  };
  const functions = instance.exports;
  functions['__stack_pointer'].value = stack;
  const words = new Int32Array(control, 0, 8);
  const job = new Float64Array(control, 32);
  let seen = 0;
  for (;;) {
    // A transformer calls again within microseconds: looking costs less than sleeping and waking.
    for (let i = 0; i < 20_000 && Atomics.load(words, 0) === seen; i++);
    if (Atomics.load(words, 0) === seen) Atomics.wait(words, 0, seen);
    seen = Atomics.load(words, 0);
    if (Atomics.load(words, 5) === 1) return;
    Atomics.add(words, 2, 1);
    try {
      while (Atomics.load(words, 1) === 1) {
        const piece = Atomics.add(words, 3, 1);
        const pieces = job[2];
        if (piece >= pieces) break;
        const args: number[] = [];
        for (let i = 0; i < job[3]; i++) {
          args.push(job[4 + 3 * i] + piece * job[5 + 3 * i] + thread * job[6 + 3 * i]);
        }
        args.push(Math.floor((piece * job[1]) / pieces), Math.floor(((piece + 1) * job[1]) / pieces));
        functions[names[job[0]]](...args);
      }
    } catch {
      Atomics.store(words, 4, 1);
    }
    Atomics.sub(words, 2, 1);
  }
}
