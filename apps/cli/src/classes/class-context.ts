import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { RetrievalContext } from '../retrieval/retrieval-context.js';
import type { ClassMedium } from './class-medium.js';

/** What every measurement of classes over a dataset works with. */
export interface ClassContext
  extends Pick<
    RetrievalContext,
    'model' | 'seed' | 'sampling' | 'signal' | 'onProgress' | 'onSheet' | 'onExamples'
  > {
  /** Their names. */
  classes: readonly string[];
  pictures: ClassMedium<Picture>;
  sounds: ClassMedium<Mel>;
  /** Pairs of the co-generation. */
  pairs: number;
  /** Whether it is the first of the seeds: what is of real data only is measured once. */
  isFirst: boolean;
}
