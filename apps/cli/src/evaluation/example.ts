import type { Mel, Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import { spread } from './evaluation-data.js';

/** What is looked at or listened to of one medium. */
export interface ExampleMedia {
  picture?: Picture | undefined;
  mel?: Mel | undefined;
  sound?: Waveform | undefined;
}

/** One sample with what it was made of. */
export interface Example {
  /** What it should have been, and what the model took it for. */
  caption: string;
  given?: ExampleMedia;
  made: ExampleMedia;
  /** What it is compared with. */
  original?: ExampleMedia;
}

/** How many examples of a task are kept. */
const EXAMPLES = 12;

/** A few indices of `count`, evenly spaced. */
export const exampleIndices = (count: number): number[] =>
  spread(
    Array.from({ length: count }, (_, i) => i),
    EXAMPLES,
  );
