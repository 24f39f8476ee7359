import { Worker } from 'node:worker_threads';
import { InvalidInputError } from '@visual-echoes/core';
import type { PackedClips } from './packed-clips.js';

export interface ShardRequest {
  id: number;
  file: string;
  rows: number;
}

/** The clips, or why there are none; `known` where the reason is meant for people. */
export type ShardAnswer =
  | { id: number; pieces: PackedClips[] }
  | { id: number; error: string; known: boolean };

interface Waiting {
  resolve: (pieces: PackedClips[]) => void;
  reject: (error: Error) => void;
}

/**
 * Reads the shards of a dataset of tokens in a thread of its own, so that unpacking them takes no time from the
 * training. End it with `close`.
 */
export class ShardThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private requests = 0;
  private failure?: Error;

  constructor(folder: string) {
    this.worker = new Worker(new URL('./shard-worker.js', import.meta.url), { workerData: { folder } });
    this.worker.on('message', (answer: ShardAnswer) => this.take(answer));
    this.worker.on('error', (cause) => this.fail(cause as Error));
    this.worker.on('exit', () => this.fail(new Error('The thread that reads shards has ended.')));
    this.worker.unref();
  }

  /** @throws InvalidInputError where the shard cannot be read. */
  read({ file, rows }: { file: string; rows: number }): Promise<PackedClips[]> {
    if (this.failure) return Promise.reject(this.failure);
    const id = this.requests++;
    this.worker.ref(); // the process waits for an answer, and not for the thread
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, file, rows } satisfies ShardRequest);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private take(answer: ShardAnswer): void {
    const { resolve, reject } = this.waiting.get(answer.id)!;
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.worker.unref();
    if ('pieces' in answer) resolve(answer.pieces);
    else reject(answer.known ? new InvalidInputError(answer.error) : new Error(answer.error));
  }

  private fail(cause: Error): void {
    this.failure ??= cause;
    for (const { reject } of this.waiting.values()) reject(cause);
    this.waiting.clear();
  }
}
