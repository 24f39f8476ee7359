export {
  type BackendName,
  type BackendReport,
  listBackends,
  selectBackend,
} from '@visual-echoes/backends/browser';
export * from '../index.js';
export {
  type CachedSource,
  type CachedSourceOptions,
  cachedSource,
  type DownloadedFile,
} from './cached-source.js';
export { type ImageToAudioOptions, imageToAudio, type SoundOfImage } from './image-to-audio.js';
export { type LoadModelInPageOptions, loadModel } from './load-model.js';
export { releaseModels } from './shared-models.js';
export { type PageImage, toPicture } from './to-picture.js';
