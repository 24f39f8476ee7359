import type { StateDict } from '../module/state-dict.js';

/** Everything that a training run needs to go on as if it had never stopped. */
export interface TrainingState {
  readonly tensors: StateDict;
  /** Step, seed and the like, as text. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where a training run keeps its state; `save` must be all or nothing. */
export interface CheckpointStore {
  save(state: TrainingState): Promise<void>;
  /** The last state that was saved whole, or undefined. */
  load(): Promise<TrainingState | undefined>;
}
