import type { OneAnswer } from './ask-worker.js';

/** In a worker: answers `askWorker`. @param transfer what of the result is handed over rather than copied */
export function answerOnce<Q, T>(
  answer: (question: Q) => Promise<T>,
  transfer: (result: T) => Transferable[] = () => [],
): void {
  addEventListener('message', async ({ data }: MessageEvent<Q>) => {
    let reply: OneAnswer<T>;
    try {
      reply = { result: await answer(data) };
    } catch (error) {
      reply = { error: (error as Error).message };
    }
    postMessage(reply, { transfer: 'result' in reply ? transfer(reply.result) : [] });
  });
}
