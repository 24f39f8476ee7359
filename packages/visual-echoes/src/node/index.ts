export {
  type BackendName,
  type BackendReport,
  listBackends,
  selectBackend,
} from '@visual-echoes/backends/node';
export * from '../index.js';
export { findModel } from './find-model.js';
export { folderSource } from './folder-source.js';
export { type LoadModelInNodeOptions, loadModel } from './load-model.js';
