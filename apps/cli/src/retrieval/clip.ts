import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';

/** A clip that a model is measured on, in the model's form. */
export interface RetrievalClip {
  id: string;
  /** In the order of time. */
  frames: readonly Picture[];
  mel: Mel;
}
