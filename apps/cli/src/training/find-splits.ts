import { ConfigurationError } from '@visual-echoes/core';

/** The splits of a dataset that are trained on and held back. */
export interface TrainingSplits {
  train: string;
  validation: string;
}

/** What people call the clips that are held back. */
export const HELD_BACK = ['validation', 'val', 'valid', 'test', 'eval'];

/**
 * The splits that a training file names; of those that are held back the usual names are tried where it names none.
 * @throws ConfigurationError where one has too few clips.
 */
export function findSplits(
  dataset: { folder: string; count(split: string): number },
  {
    train,
    validation = HELD_BACK.find((split) => dataset.count(split) > 0) ?? HELD_BACK[0],
  }: {
    train: string;
    validation?: string | undefined;
  },
): TrainingSplits {
  for (const [split, least] of Object.entries({ [train]: 1, [validation]: 2 })) {
    const clips = dataset.count(split);
    if (clips >= least) continue;
    throw new ConfigurationError(
      `${dataset.folder} has ${clips} clips of the split "${split}"; ${least} or more are needed. ` +
        'Name another in "splits", or prepare the dataset with one.',
    );
  }
  return { train, validation };
}
