import { holdLock } from './worker-life.js';

/** A worker that shows that it lives, and throws when it is told to; what else it would say, the test says. */
addEventListener('message', (event: MessageEvent) => {
  holdLock(event);
  if (event.data === 'throw') throw new Error('out of memory');
  if (event.data === 'close') close();
});
