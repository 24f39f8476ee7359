export * from './decode-sound.js';
export * from './sound-format.js';
