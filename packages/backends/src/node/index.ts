export type { BackendName } from './candidates.js';
export { type BackendReport, listBackends } from './list-backends.js';
export { type SelectBackendOptions, type SelectedBackend, selectBackend } from './select-backend.js';
