export type { BackendName } from './candidates.js';
export {
  type BackendReport,
  listBackends,
  type SelectBackendOptions,
  type SelectedBackend,
  selectBackend,
} from './select-backend.js';
