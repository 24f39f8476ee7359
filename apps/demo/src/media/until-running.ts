import { StudioError } from '../studio/studio-error.js';

/** Milliseconds for which the browser may take to start its sound: where no click has allowed it, it takes for ever. */
const PATIENCE = 2000;

/**
 * Waits until a context runs.
 * @param words what the visitor is told where it does not
 * @throws StudioError `device`
 */
export async function untilRunning(context: AudioContext, words: string): Promise<void> {
  if (context.state === 'running') return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
  });
  await Promise.race([context.resume().catch(() => {}), patience]);
  clearTimeout(timer);
  // The types do not know that waiting has changed it.
  if ((context.state as AudioContextState) !== 'running') throw new StudioError('device', words);
}
