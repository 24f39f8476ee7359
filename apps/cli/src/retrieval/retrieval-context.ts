import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { GenerateOptions, VisualEchoes } from 'visual-echoes';
import type { Example } from '../evaluation/example.js';
import type { RetrievalClip } from './clip.js';
import type { Distances } from './distances.js';

/** What every measurement over a dataset works with. */
export interface RetrievalContext {
  model: VisualEchoes;
  clips: readonly RetrievalClip[];
  distances: { mel: Distances<Mel>; picture: Distances<Picture> };
  /** Of each clip, how many frames are given. */
  frames: number;
  seed: number;
  /** Sampling options over the model folder's. */
  sampling: GenerateOptions;
  signal: AbortSignal | undefined;
  /** Receives a share of the task, 0 to 1, that never goes back. */
  onProgress: (share: number) => void;
  /** Receives what is to be looked at side by side: so many columns. */
  onSheet: (name: string, samples: readonly (Picture | Mel)[], columns: number) => Promise<void>;
  /** Receives a few results with what they were made of; they are only made where they are wanted. */
  onExamples: (task: string, examples: () => Promise<readonly Example[]>) => Promise<void>;
}
