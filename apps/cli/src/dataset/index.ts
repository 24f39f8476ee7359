export type * from './clip-tokens.js';
export * from './dataset-file.js';
export * from './read-token-dataset.js';
export * from './token-shard.js';
