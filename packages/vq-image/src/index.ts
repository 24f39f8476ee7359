export * from './image-tokenizer.js';
export * from './picture.js';
