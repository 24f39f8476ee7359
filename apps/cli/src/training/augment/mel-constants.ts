import { ConfigurationError } from '@visual-echoes/core';
import type { MelConfig, MelFilterbankOptions } from '@visual-echoes/vq-audio';
import { z } from 'zod';

/** What places the bands of a mel spectrogram. */
export type MelBands = Pick<MelFilterbankOptions, 'fMin' | 'fMax' | 'melScale'>;

/** The constants of a mel spectrogram that its augmentation needs. */
export type MelConstants = MelBands & { scaling: Pick<MelConfig['scaling'], 'minDb' | 'maxDb'> };

const constants = z.object({
  fMin: z.number().min(0),
  fMax: z.number().positive(),
  melScale: z.enum(['slaney', 'htk']),
  scaling: z.object({ minDb: z.number(), maxDb: z.number() }),
});

/**
 * What a dataset says of its mel spectrograms, as their augmentation needs it.
 * @throws ConfigurationError that names what it does not say.
 */
export function melConstantsOf(configuration: Record<string, unknown>, folder: string): MelConstants {
  const parsed = constants.safeParse(configuration);
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues[0].path.join('.');
  throw new ConfigurationError(
    `${folder}: dataset.json: "mel.configuration.${missing}" is needed for "augmentation"; prepare the dataset anew.`,
  );
}
