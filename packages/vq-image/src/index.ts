export * from './image-tokenizer.js';
export * from './picture.js';
export * from './preprocess/cover-picture.js';
export * from './preprocess/mirror-picture.js';
export * from './preprocess/to-mnist-form.js';
export * from './preprocess/warp-picture.js';
