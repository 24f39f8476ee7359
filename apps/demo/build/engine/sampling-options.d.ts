import { type GenerateOptions, type TaskName, type VisualEchoes } from 'visual-echoes';
import type { Controls } from '../studio/protocol.js';
/** The visitor's controls over the model's own settings; they are the media's, names are found as the model finds them. */
export declare function samplingOptions(
  { manifest, fields }: VisualEchoes,
  task: TaskName,
  { steps, guidance, temperature, order }: Controls,
): GenerateOptions;
