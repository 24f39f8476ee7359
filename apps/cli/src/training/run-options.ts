import type { CheckpointStore, TrainOptions } from '@visual-echoes/core/training';
import type { EventPicture } from '../curves/event.js';

/** What every training run is given from outside. */
export interface RunOptions
  extends Pick<TrainOptions, 'onStart' | 'onProgress' | 'onValidation' | 'signal' | 'fingerprint' | 'until'> {
  store: CheckpointStore;
  /** Receives what is said before the first step, line by line. */
  onMessage?: (line: string) => void;
  /** Receives pictures of samples, by name. */
  onPictures?: (step: number, pictures: Record<string, EventPicture>) => void;
}
