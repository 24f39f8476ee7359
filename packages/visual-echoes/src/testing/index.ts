export { type TinyModelOptions, tinyManifest, writeTinyModel } from './write-tiny-model.js';
