import type { PerField, SampleOptions } from '@visual-echoes/sampler';

/** Settings of the media alone: whatever else a task fills, such as a class or a voice, keeps its own. */
export interface MediaSettings {
  /** Steps of the sampler. */
  steps?: number | undefined;
  /** Guidance scale, 1 is none. */
  guidance?: number | undefined;
  /** Of the tokens; 0 takes the likeliest. */
  temperature?: number | undefined;
}

/** The fields of the media. */
const MEDIA = ['image', 'audio'] as const;

/**
 * Sampling options with `media` over the fields of the picture and the sound, and every other of `fields` as it was. A
 * field that had no value keeps the sampler's default.
 *
 * @example
 * overMedia({ steps: { label: 1, audio: 3 } }, { steps: 8 }, ['image', 'audio', 'label']);
 * // { steps: { label: 1, image: 8, audio: 8 } }
 */
export function overMedia(
  options: SampleOptions,
  { steps, guidance, temperature }: MediaSettings,
  fields: readonly string[],
): SampleOptions {
  const over = (own: PerField<number> | undefined, value: number | undefined) => {
    if (value === undefined) return own;
    const others = typeof own === 'number' ? Object.fromEntries(fields.map((name) => [name, own])) : own;
    return { ...others, ...Object.fromEntries(MEDIA.map((name) => [name, value])) };
  };
  const scale = over(options.guidance?.scale, guidance);
  return {
    ...options,
    ...withValue('steps', over(options.steps, steps)),
    ...withValue('temperature', over(options.temperature, temperature)),
    ...(scale !== undefined && { guidance: { ...options.guidance, scale } }),
  };
}

const withValue = (name: 'steps' | 'temperature', value: PerField<number> | undefined) =>
  value === undefined ? {} : { [name]: value };
