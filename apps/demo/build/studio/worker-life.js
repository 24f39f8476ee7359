/**
 * Calls `onEnd` when a worker ends by itself, by the browser, or by somebody: a worker that is killed says nothing, but its
 * lock is freed. The worker holds the lock named by the message `{ type: 'live', lock }`, which `holdLock` answers.
 *
 * Returns what ends the watching. Where there are no locks (insecure contexts), nothing is watched.
 */
export function whenWorkerEnds(worker, onEnd) {
  if (!navigator.locks) return () => {};
  const lock = `visual-echoes ${crypto.randomUUID()}`;
  const watching = new AbortController();
  worker.addEventListener('message', function held({ data }) {
    if (data?.type !== 'living' || watching.signal.aborted) return;
    worker.removeEventListener('message', held);
    navigator.locks.request(lock, { signal: watching.signal }, onEnd).catch(() => {});
  });
  worker.postMessage({ type: 'live', lock });
  return () => watching.abort();
}
/** In the worker: answers `whenWorkerEnds`. */
export function holdLock({ data }) {
  if (data?.type !== 'live') return;
  void navigator.locks.request(data.lock, () => {
    postMessage({ type: 'living' });
    return new Promise(() => {}); // held until the worker ends
  });
}
