import type { GenerateOptions, VisualEchoes } from 'visual-echoes/node';
import type { ModelOptions, OutputOptions } from '../commands/shared-options.js';
import { rejecting } from './rejecting.js';

/** The options of `visual-echoes generate`. */
export interface GenerateCommandOptions extends ModelOptions, OutputOptions {
  to?: 'audio' | 'image' | 'both';
  count: number;
  label?: string;
  voice?: string;
  seed: number;
  steps?: number;
  guidance?: number;
  temperature?: number;
  attempts?: number;
}

/** What the command line says of sampling; undefined where the model folder decides. */
export const samplingOptions = ({
  seed,
  steps,
  guidance,
  temperature,
  attempts,
}: GenerateCommandOptions): GenerateOptions => ({
  seed,
  steps,
  guidance,
  temperature,
  ...rejecting(attempts),
});

/** A result with what is reported of it. */
export const withDetails = <T extends { label?: string; voice?: string }>(result: T) => ({
  ...result,
  details: {
    ...(result.label && { label: result.label }),
    ...(result.voice && { voice: result.voice }),
  },
});

/** What the JSON document says beside the results. */
export const describeRun = ({ manifest }: VisualEchoes, { model, seed }: GenerateCommandOptions) => ({
  model: { source: model, name: manifest.name },
  seed,
});
