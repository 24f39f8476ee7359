import type { CheckpointStore, TrainOptions } from '@visual-echoes/core/training';

/** What every training run is given from outside. */
export interface RunOptions
  extends Pick<TrainOptions, 'onProgress' | 'onValidation' | 'signal' | 'fingerprint' | 'until'> {
  store: CheckpointStore;
}
