import { z } from 'zod';
import { digitSoundAugmentation } from './augmentation-file.js';
import { count, mel, schedule, speech } from './training-file.js';

const weight = z.number().min(0);

const resolutions = z.array(z.strictObject({ fftSize: count, hopLength: count, windowLength: count })).min(1);

const discriminator = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('multi-period'),
    periods: z.array(count).min(1).optional(),
    channels: z.array(count).min(1).optional(),
  }),
  z.strictObject({
    type: z.literal('multi-scale'),
    scales: count.optional(),
    layers: z
      .array(z.strictObject({ channels: count, kernelSize: count, stride: count, groups: count }))
      .min(1)
      .optional(),
  }),
  z.strictObject({
    type: z.literal('multi-resolution'),
    resolutions: resolutions.optional(),
    channels: count.optional(),
  }),
  z.strictObject({
    type: z.literal('melgan'),
    num_D: count.optional(),
    ndf: count.optional(),
    n_layers: count.optional(),
    downsamp_factor: count.optional(),
  }),
]);

/** How a vocoder is trained. */
export const vocoderFile = z.strictObject({
  type: z.enum(['hifigan', 'melgan', 'vocos']),
  /** As the generator's authors write it. */
  configuration: z.looseObject({}),
  mel,
  preprocessing: speech,
  augmentation: digitSoundAugmentation.default({}),
  /** Samples of a training piece, whole frames. */
  segment: count,
  /** Folder of a trained vocoder of the same configuration, from whose weights this one starts. */
  start: z.string().optional(),
  /** Folder of a trained audio tokenizer, through which a share of the mels goes before the vocoder sees them. */
  reconstructions: z
    .strictObject({ tokenizer: z.string(), share: z.number().min(0).max(1).default(0.5) })
    .optional(),
  losses: z.strictObject({
    mel: weight,
    stft: weight,
    resolutions,
  }),
  /** Absent: the generator learns by the losses of spectra alone. */
  adversarial: z
    .strictObject({
      /** The first step at which the discriminators learn and are heard. */
      start: count,
      loss: z.enum(['least-squares', 'hinge']),
      weight: weight.default(1),
      featureMatching: weight,
      /** Of the discriminators, as a factor on the generator's. */
      rate: z.number().positive().default(1),
      discriminators: z.array(discriminator).min(1),
    })
    .optional(),
  training: schedule,
});

export type VocoderFile = z.infer<typeof vocoderFile>;
