import type { GenerateOptions } from 'visual-echoes/node';

/** `--attempts`: how often a result is drawn at most; where it is left out, the model folder decides. */
export const rejecting = (attempts: number | undefined): Pick<GenerateOptions, 'rejection'> =>
  attempts === undefined ? {} : { rejection: attempts > 1 && { attempts } };
