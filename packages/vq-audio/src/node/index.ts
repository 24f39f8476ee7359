export { GriffinLimThreads, type GriffinLimThreadsOptions } from './griffin-lim-threads.js';
