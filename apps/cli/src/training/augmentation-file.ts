import { ConfigurationError } from '@visual-echoes/core';
import { z } from 'zod';

const share = z.number().min(0).max(1);
const width = z.number().min(0);
const inOrder = ([least, most]: [number, number]) => least <= most;

/** How MNIST's pictures are varied. */
export const digitPictureAugmentation = z
  .strictObject({ rotation: z.number(), scale: z.number(), shift: z.number() })
  .partial();

/** How spoken digits are varied. */
export const digitSoundAugmentation = z
  .strictObject({ shift: z.number(), gain: z.number(), speeds: z.array(z.number().positive()).min(1) })
  .partial();

/** How the frames of a dataset are varied: `FrameAugmentation`. */
export const frameAugmentation = z
  .strictObject({
    rotation: width.max(180),
    scale: z
      .tuple([z.number().positive().max(1), z.number().positive().max(1)])
      .refine(inOrder, 'must be the least and the most of the area'),
    mirror: share,
    brightness: width,
    contrast: width,
    saturation: width,
    hue: width.max(0.5),
  })
  .partial();

const mix = z.strictObject({
  probability: share.default(0.5),
  level: z
    .tuple([z.number(), z.number()])
    .refine(inOrder, 'must be the least and the most, in decibels')
    .default([-10, 0]),
});

/** How the mel spectrograms of a dataset are varied: `MelAugmentation`. */
export const melAugmentation = z
  .strictObject({
    shiftFrames: z.int().min(0),
    circular: z.boolean(),
    stretch: width.max(0.5),
    pitch: width.max(12),
    mix,
    gain: width,
    noise: width,
  })
  .partial();

/** How the sounds of a folder are varied for a vocoder: `WaveAugmentation`. */
export const waveAugmentation = z.strictObject({ gain: width, polarity: z.boolean(), mix }).partial();

/** Either of a training file of a vocoder; `augmentationOf` says which it may be. */
export const vocoderAugmentation = z
  .strictObject({ ...digitSoundAugmentation.shape, ...waveAugmentation.shape })
  .partial();

/** Either of a training file of pictures; `augmentationOf` says which it may be. */
export const pictureAugmentation = z
  .strictObject({
    ...digitPictureAugmentation.shape,
    ...frameAugmentation.shape,
    scale: z
      .union([digitPictureAugmentation.shape.scale, frameAugmentation.shape.scale], {
        error: 'must be [least, most] of the area, up to 1, for a dataset, and a number for MNIST',
      })
      .optional(),
  })
  .partial();

/** Either of a training file of sounds; `augmentationOf` says which it may be. */
export const soundAugmentation = z
  .strictObject({ ...digitSoundAugmentation.shape, ...melAugmentation.shape })
  .partial();

/**
 * The augmentation of a training file as that of its data.
 * @param data what the error calls them.
 * @throws ConfigurationError that names a setting which is for other data.
 */
export function augmentationOf<Augmentation>(
  schema: z.ZodType<Augmentation> & { shape: object },
  augmentation: object,
  data: string,
): Augmentation {
  const parsed = schema.safeParse(augmentation);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const setting = [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  const why = issue.code === 'unrecognized_keys' ? 'is for other data' : issue.message;
  throw new ConfigurationError(
    `"augmentation.${setting.join('.')}" does not go with ${data}: ${why}. ` +
      `These take ${Object.keys(schema.shape).join(', ')}.`,
  );
}
