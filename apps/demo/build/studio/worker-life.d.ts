/**
 * Calls `onEnd` when a worker ends by itself, by the browser, or by somebody: a worker that is killed says nothing, but its
 * lock is freed. The worker holds the lock named by the message `{ type: 'live', lock }`, which `holdLock` answers.
 *
 * Returns what ends the watching. Where there are no locks (insecure contexts), nothing is watched.
 */
export declare function whenWorkerEnds(worker: Worker, onEnd: () => void): () => void;
/** In the worker: answers `whenWorkerEnds`. */
export declare function holdLock({ data }: MessageEvent): void;
