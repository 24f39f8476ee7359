import { confidence, type GenerateOptions, halton, type TaskName, type VisualEchoes } from 'visual-echoes';
import type { Controls } from '../studio/protocol.js';

/** The visitor's controls over the model's own settings. They are the media's: names are found as the model finds them. */
export function samplingOptions(
  { manifest }: VisualEchoes,
  task: TaskName,
  { order, ...media }: Controls,
): GenerateOptions {
  const own = manifest.sampling[task]?.order?.type;
  return { media, ...(order && order !== own && { order: order === 'halton' ? halton() : confidence() }) };
}
