import type { Answer, Request } from '../studio/protocol.js';
import { holdLock } from '../studio/worker-life.js';
import { Engine } from './engine.js';
import { errorReport } from './error-report.js';
import { startEngine } from './start-engine.js';

const tell = (answer: Answer) => postMessage(answer);

let engine: Promise<Engine> | undefined;
/** What is under way, by id. */
const running = new Map<number, AbortController>();

addEventListener('message', async (event: MessageEvent<Request>) => {
  holdLock(event);
  const { data } = event;
  if (data.type === 'start') {
    engine = startEngine(data, {
      onProgress: (share, what) => tell({ type: 'loading', share, what }),
      onLost: (error) => tell({ type: 'lost', error: errorReport(error) }),
    }).then((started) => new Engine(started));
    try {
      const { info, model } = await engine;
      tell({ type: 'ready', engine: info, model });
    } catch (error) {
      tell({ type: 'failed', error: errorReport(error) });
    }
  } else if (data.type === 'cancel') {
    running.get(data.id)?.abort();
  } else if (data.type === 'encode' || data.type === 'view' || data.type === 'generate') {
    await answer(data);
  }
});

async function answer(request: Extract<Request, { type: 'encode' | 'view' | 'generate' }>): Promise<void> {
  const { id } = request;
  const cancelling = new AbortController();
  const { signal } = cancelling;
  running.set(id, cancelling);
  try {
    const ready = await engine!;
    if (request.type === 'encode') {
      tell({ type: 'encoded', id, encoded: await ready.encode(request.given, signal) });
    } else if (request.type === 'view') {
      tell({ type: 'viewed', id, view: await ready.view(request.tokens, signal) });
    } else {
      const began = performance.now();
      const onStep = (report: Extract<Answer, { type: 'step' }>['report']) =>
        tell({ type: 'step', id, report });
      const results = await ready.generate(request.request, { onStep, signal });
      tell({ type: 'generated', id, results, milliseconds: performance.now() - began });
    }
  } catch (error) {
    const report = errorReport(error);
    tell(
      report.name === 'DeviceLostError'
        ? { type: 'lost', error: report }
        : { type: 'error', id, error: report },
    );
  } finally {
    running.delete(id);
  }
}
