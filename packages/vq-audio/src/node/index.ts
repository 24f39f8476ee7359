export { decodeSoundInThread } from './decode-sound-in-thread.js';
export { GriffinLimThreads, type GriffinLimThreadsOptions } from './griffin-lim-threads.js';
