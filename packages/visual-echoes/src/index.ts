export { VisualEchoesError } from '@visual-echoes/core';
export { confidence, halton } from '@visual-echoes/sampler';
export { type Mel, readWav, type Waveform, writeWav } from '@visual-echoes/vq-audio';
export type { Picture } from '@visual-echoes/vq-image';
export { type CreateVocoder, createVocoder } from './codecs/create-vocoder.js';
export type { GenerateOptions } from './generation/generate-options.js';
export type {
  Classification,
  GeneratedPair,
  GeneratedPicture,
  GeneratedSound,
  Given,
  ReconstructedPicture,
  ReconstructedSound,
} from './generation/media.js';
export type { MediaSettings } from './generation/over-media.js';
export { resultSeed } from './generation/result-seed.js';
export { type LoadModelOptions, loadModel } from './model-folder/load-model.js';
export {
  MANIFEST_FILE,
  type ModelManifest,
  type PartialModelManifest,
  parseManifest,
  parsePartialManifest,
  type TaskName,
} from './model-folder/manifest.js';
export type { ModelSource } from './model-folder/model-source.js';
export { urlSource } from './model-folder/url-source.js';
export { VisualEchoes } from './visual-echoes.js';
