/** What a worker answers that is asked once. */
export type OneAnswer<T> = { result: T } | { error: string };

/** Asks a worker one thing, and ends it. @throws Error with the worker's words, or where it cannot be loaded. */
export async function askWorker<T>(worker: Worker, question: unknown): Promise<T> {
  try {
    const answer = await new Promise<OneAnswer<T>>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<OneAnswer<T>>) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message || 'The worker cannot be loaded.'));
      };
      worker.postMessage(question);
    });
    if ('error' in answer) throw new Error(answer.error);
    return answer.result;
  } finally {
    worker.terminate();
  }
}
