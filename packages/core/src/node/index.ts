export * from './file-access-error.js';
export * from './file-checkpoint-store.js';
export * from './file-source.js';
export * from './read-json.js';
export * from './state-file.js';
export * from './write-file-atomically.js';
