/* The thread of `ShardThread`: opens one dataset, then gives the clips of each shard that it is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { VisualEchoesError } from '@visual-echoes/core';
import { openTokenDataset } from '../../dataset/read-token-dataset.js';
import { readClips } from './read-clips.js';
import type { ShardAnswer, ShardRequest } from './shard-thread.js';

const port = parentPort;
if (port && workerData) {
  const dataset = openTokenDataset((workerData as { folder: string }).folder);
  dataset.catch(() => {}); // told with the first answer
  port.on('message', async (request: ShardRequest) => {
    try {
      const pieces = await readClips(await dataset, request);
      const buffers = pieces.flatMap(({ frames, starts, audio, labels }) =>
        [frames, starts, audio, labels].map(({ buffer }) => buffer as ArrayBuffer),
      );
      port.postMessage({ id: request.id, pieces } satisfies ShardAnswer, buffers);
    } catch (error) {
      const { message } = error as Error;
      const known = error instanceof VisualEchoesError;
      port.postMessage({ id: request.id, error: message, known } satisfies ShardAnswer);
    }
  });
}
