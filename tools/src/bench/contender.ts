import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Answer, Question } from './worker-loop.js';

/** An engine of ours, or a peer that it is measured beside. */
export interface ContenderSettings {
  name: string;
  kind: 'engine' | 'onnx' | 'pytorch';
  /** The engine, the package of ONNX Runtime, or PyTorch's device. */
  runtime: string;
  /** As many as there are cores, where left out. */
  threads?: number;
  /** With TensorFlow.js's kernels in place of ours, where they can be told apart. */
  plain?: boolean;
}

/** All that can be measured, ours first. */
export const CONTENDERS: readonly ContenderSettings[] = [
  { name: 'tensorflow', kind: 'engine', runtime: 'tensorflow', threads: 2 },
  { name: 'wasm ×1', kind: 'engine', runtime: 'wasm', threads: 1 },
  { name: 'wasm ×2', kind: 'engine', runtime: 'wasm', threads: 2 },
  { name: 'webgpu', kind: 'engine', runtime: 'webgpu' },
  { name: 'plain webgpu', kind: 'engine', runtime: 'webgpu', plain: true },
  { name: 'cpu', kind: 'engine', runtime: 'cpu' },
  { name: 'ort-node ×1', kind: 'onnx', runtime: 'onnxruntime-node', threads: 1 },
  { name: 'ort-node ×2', kind: 'onnx', runtime: 'onnxruntime-node', threads: 2 },
  { name: 'ort-web ×1', kind: 'onnx', runtime: 'onnxruntime-web', threads: 1 },
  { name: 'ort-web ×2', kind: 'onnx', runtime: 'onnxruntime-web', threads: 2 },
  { name: 'pytorch ×1', kind: 'pytorch', runtime: 'cpu', threads: 1 },
  { name: 'pytorch ×2', kind: 'pytorch', runtime: 'cpu', threads: 2 },
  { name: 'pytorch gpu', kind: 'pytorch', runtime: 'cuda', threads: 2 },
];

/** What is divided by what, with the same number of threads. */
export const RATIOS: readonly (readonly [ours: string, theirs: string])[] = [
  ['wasm ×1', 'ort-web ×1'],
  ['wasm ×2', 'ort-web ×2'],
  ['tensorflow', 'ort-node ×2'],
  ['tensorflow', 'pytorch ×2'],
  ['wasm ×1', 'pytorch ×1'],
  ['wasm ×2', 'pytorch ×2'],
  ['webgpu', 'plain webgpu'],
  ['tensorflow', 'pytorch gpu'],
  ['webgpu', 'pytorch gpu'],
];

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A process that holds one contender. */
export class Contender {
  readonly name: string;
  readonly kind: ContenderSettings['kind'];
  label = '';
  /** Why it cannot run here. */
  reason?: string;
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<Answer>;

  constructor(private readonly settings: ContenderSettings) {
    const { name, kind, runtime, threads, plain = false } = settings;
    this.name = name;
    this.kind = kind;
    if (kind === 'pytorch') {
      const python = process.env['PYTHON'] ?? 'python3';
      const script = here('../../src/bench/peers.py');
      this.child = spawn(python, [script, String(threads), runtime], { stdio: ['pipe', 'pipe', 'ignore'] });
      this.child.on('error', () => {}); // where there is no Python, it ends without a word
      this.child.stdin!.on('error', () => {});
      this.answers = lines(this.child);
    } else {
      this.child = fork(here(kind === 'engine' ? './worker.js' : './onnx-worker.js'), [
        runtime,
        String(threads ?? ''),
        plain ? 'plain' : '',
      ]);
      this.answers = messages(this.child);
    }
  }

  /** Whether it is a GPU's engine on a program on the CPU, a hundred times slower. */
  get simulated(): boolean {
    return /swiftshader|llvmpipe/i.test(this.label);
  }

  async start(): Promise<this> {
    try {
      const { label = '', reason } = await this.next();
      this.label = label;
      this.reason = reason;
    } catch (error) {
      if (this.settings.kind !== 'pytorch') throw error;
      this.reason = 'no Python with PyTorch here; name one in PYTHON';
    }
    return this;
  }

  ask(question: Question): Promise<Answer> {
    if (this.kind === 'pytorch') this.child.stdin!.write(`${JSON.stringify(question)}\n`);
    else this.child.send(question);
    return this.next();
  }

  stop(): void {
    this.child.kill();
  }

  private async next(): Promise<Answer> {
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`The process of ${this.name} ended (${this.child.exitCode}).`);
    return value;
  }
}

async function* lines(child: ChildProcess): AsyncGenerator<Answer, void> {
  for await (const line of createInterface({ input: child.stdout! })) yield JSON.parse(line) as Answer;
}

async function* messages(child: ChildProcess): AsyncGenerator<Answer, void> {
  for (;;) {
    const stop = new AbortController();
    const { signal } = stop;
    try {
      const event = await Promise.race([
        once(child, 'message', { signal }),
        once(child, 'exit', { signal }).then(() => undefined),
      ]);
      if (!event) return;
      yield event[0] as Answer;
    } finally {
      stop.abort();
    }
  }
}
