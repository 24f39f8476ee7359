import type { GenerateOptions } from 'visual-echoes/node';
import { rejecting } from '../generation/rejecting.js';
import type { MeasuringOptions } from './finish-evaluation.js';

/** What an evaluation is told of sampling. It is of the media: a class that is recognized on the way stays the likeliest. */
export const samplingOf = ({
  steps,
  guidance,
  temperature,
  attempts,
}: Pick<MeasuringOptions, 'steps' | 'guidance' | 'temperature' | 'attempts'>): GenerateOptions => ({
  media: { steps, guidance, temperature },
  ...rejecting(attempts),
});
