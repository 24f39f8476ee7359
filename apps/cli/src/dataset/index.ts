export type * from './clip-media.js';
export type * from './clip-tokens.js';
export * from './dataset-file.js';
export * from './media-shard.js';
export * from './read-dataset.js';
export * from './read-token-dataset.js';
export * from './token-shard.js';
