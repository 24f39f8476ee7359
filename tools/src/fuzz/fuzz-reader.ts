import { type ChildProcess, fork } from 'node:child_process';
import type { Block, BlockReport, Fault } from './run-block.js';

/** What a reader made of all inputs. */
export interface FuzzReport extends BlockReport {
  /** Inputs that it did not end with in time. */
  hung: number[];
  seconds: number;
}

/** Inputs that go to a process at once. */
const BLOCK = 200;

/**
 * Gives a reader `count` inputs in a process of its own, block by block. A block that is not answered in time, or whose
 * process ends, is gone through again input by input, each with `timeout` seconds, so that it is known which it was.
 */
export async function fuzzReader(
  worker: string,
  reader: string,
  {
    count,
    seed,
    from = 0,
    timeout = 10,
    onProgress,
  }: { count: number; seed: number; from?: number; timeout?: number; onProgress?: (done: number) => void },
): Promise<FuzzReport> {
  const start = performance.now();
  const report: FuzzReport = {
    accepted: 0,
    refused: 0,
    crashed: [],
    hung: [],
    slowest: { milliseconds: 0, index: from },
    seconds: 0,
  };
  const readers = new ReaderProcess(worker, reader);
  const add = ({ accepted, refused, crashed, slowest }: BlockReport) => {
    report.accepted += accepted;
    report.refused += refused;
    report.crashed.push(...crashed);
    if (slowest.milliseconds > timeout * 1000) report.hung.push(slowest.index);
    if (slowest.milliseconds > report.slowest.milliseconds) report.slowest = slowest;
  };
  try {
    for (let at = from; at < from + count; at += BLOCK) {
      const block: Block = { seed, from: at, to: Math.min(from + count, at + BLOCK) };
      const answer = await readers.ask(block, 6 * timeout);
      if (typeof answer === 'object') add(answer);
      else {
        const ended = `inputs ${block.from} to ${block.to - 1} together: ${answer}: ${readers.lastWords}`;
        const faults = () => report.crashed.length + report.hung.length;
        const before = faults();
        for (let index = block.from; index < block.to; index++) {
          const one = await readers.ask({ seed, from: index, to: index + 1 }, timeout);
          if (typeof one === 'object') add(one);
          else if (one === 'hung') report.hung.push(index);
          else report.crashed.push({ index, message: readers.lastWords } satisfies Fault);
        }
        if (faults() === before) report.crashed.push({ index: block.from, message: ended } satisfies Fault);
      }
      onProgress?.(block.to - from);
    }
  } finally {
    readers.end();
  }
  return { ...report, seconds: (performance.now() - start) / 1000 };
}

/** The process that holds the reader; started again when it was ended. */
class ReaderProcess {
  private child: ChildProcess | undefined;
  /** The end of what the latest process said on stderr, and how it ended. */
  lastWords = '';

  constructor(
    private readonly worker: string,
    private readonly reader: string,
  ) {}

  async ask(block: Block, timeout: number): Promise<BlockReport | 'hung' | 'ended'> {
    const child = this.child ?? (await this.start());
    return new Promise((resolve) => {
      const done = (answer: BlockReport | 'hung' | 'ended') => {
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('exit');
        if (answer === 'hung') this.kill();
        if (answer === 'ended') this.child = undefined;
        resolve(answer);
      };
      const timer = setTimeout(() => done('hung'), timeout * 1000);
      child.once('message', (answer) => done(answer as BlockReport));
      child.once('exit', (code, signal) => {
        this.lastWords = `the process ended (${signal ?? code}): ${this.lastWords}`;
        done('ended');
      });
      child.send(block);
    });
  }

  /** Lets it end by itself. */
  end(): void {
    if (this.child?.connected) this.child.disconnect();
    this.child = undefined;
  }

  private kill(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private async start(): Promise<ChildProcess> {
    const child = fork(this.worker, [this.reader], { silent: true });
    this.child = child;
    this.lastWords = '';
    child.stdout?.resume();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-1000);
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () =>
        reject(new Error(`The reader "${this.reader}" did not start: ${this.lastWords}`)),
      );
    });
    child.removeAllListeners('exit');
    return child;
  }
}
