import { askWorker } from './ask-worker.js';

/** Pixels of a picture that is made smaller in a few milliseconds; a worker takes longer to start. */
const FEW = 2e6;

/**
 * `createImageBitmap`, in a worker for a large file: browsers decode it beside the page, but make it smaller in the page's
 * own thread.
 *
 * @param pixels of the file, before
 */
export function shrink(file: Blob, size: ImageBitmapOptions, pixels: number): Promise<ImageBitmap> {
  if (pixels <= FEW) return createImageBitmap(file, size);
  const worker = new Worker(new URL('./shrink.worker.ts', import.meta.url), {
    type: 'module',
    name: 'shrink',
  });
  return askWorker(worker, { file, size });
}
