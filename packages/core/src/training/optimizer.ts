import type { Gradients } from '../autograd/value-and-gradients.js';
import type { StateDict } from '../module/state-dict.js';

/** What `train` asks of an optimizer. */
export interface Optimizer {
  /** Steps taken. */
  readonly steps: number;
  /** Changes every parameter that has a gradient. */
  step(gradients: Gradients, learningRate: number): void;
  /** What it remembers, in memory's layout, for a checkpoint. */
  stateDict(): Promise<StateDict>;
  /** Goes on from a checkpoint. @throws CheckpointError where it does not fit. */
  loadStateDict(state: StateDict, steps: number): void;
  dispose(): void;
}
