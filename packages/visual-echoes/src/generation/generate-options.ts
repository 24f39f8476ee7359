import { confidence, halton, type SampleOptions } from '@visual-echoes/sampler';
import type { SamplingSettings } from '../model-folder/manifest.js';
import { type MediaSettings, overMedia } from './over-media.js';

/** Options of every kind of generation; what is left out comes from the model folder. */
export interface GenerateOptions
  extends Pick<
    SampleOptions,
    'steps' | 'order' | 'schedule' | 'plan' | 'temperature' | 'topK' | 'topP' | 'stages'
  > {
  /**
   * Other views of a given picture, by which its class is read before anything is sampled: moved by `shift` pixels to each
   * of the four sides, turned by `rotate` degrees both ways, larger and smaller by a share `scale`, sheared by `shear`
   * both ways, and all of these mirrored (`mirror`); what the transformer says of them is averaged. `false` for none.
   */
  views?: SamplingSettings['views'] | false;
  /**
   * Draws a result again, up to `attempts` times (4), while the transformer, shown only what was made, gives the class that
   * it was made for a probability below `threshold` (1), and takes the surest; a class and a voice that were drawn stay.
   * `false` takes the first.
   */
  rejection?: SamplingSettings['rejection'] | false;
  /** A number is the guidance scale, with the growth that the model folder names; 1 is no guidance. */
  guidance?: number | NonNullable<SampleOptions['guidance']> | undefined;
  /**
   * Steps, guidance scale and temperature of the picture and the sound alone, over all of the above; a class or a voice
   * that is filled on the way keeps its own.
   */
  media?: MediaSettings | undefined;
  /** 0. One number, or one for each result; `resultSeed` says what follows from one number. */
  seed?: number | readonly number[] | undefined;
  /** Different results for each thing given; the answer is then a list, also for one thing. */
  count?: number | undefined;
  /** false for media that have the model's form already: pictures of its size, clips of its rate. true. */
  preprocess?: boolean | undefined;
  /** How many results go through the networks at once. 32. */
  batchSize?: number | undefined;
  /** Ends the work with a `CancelledError`. */
  signal?: AbortSignal | undefined;
  /** Called after every step of the sampler, batch by batch. */
  onStep?: SampleOptions['onStep'] | undefined;
  /** Receives the share that is done, 0 to 1, never less than before. */
  onProgress?: ((share: number) => void) | undefined;
}

/** The sampler's options: the caller's over the model folder's. `fields` are the names of the model's fields. */
export function toSampleOptions(
  { order, guidance, ...own }: SamplingSettings = {},
  { guidance: wanted, media = {}, ...options }: GenerateOptions = {},
  fields: readonly string[] = [],
): SampleOptions {
  const { steps, order: wantedOrder, schedule, plan, temperature, topK, topP, stages } = options;
  const isPlanned = plan !== undefined;
  const writtenOut = [steps, media.steps, schedule, stages].some((one) => one !== undefined);
  const whole = withoutUndefined({
    ...own,
    // What these two ask for needs the model.
    views: undefined,
    rejection: undefined,
    // A plan says what steps, schedule and stages say, and they what it says: the caller's go before the folder's.
    ...(isPlanned && { steps: undefined, stages: undefined }),
    plan: isPlanned || writtenOut ? undefined : own.plan,
    // Another order comes with its own schedule.
    schedule: wantedOrder || isPlanned ? undefined : own.schedule,
    order: order && toOrder(order),
    guidance: typeof wanted === 'number' ? { ...guidance, scale: wanted } : (wanted ?? guidance),
    ...withoutUndefined({
      steps,
      order: wantedOrder,
      schedule,
      plan,
      temperature,
      topK,
      topP,
      stages,
    }),
  }) as SampleOptions;
  return overMedia(whole, media, fields);
}

function toOrder(order: NonNullable<SamplingSettings['order']>): SampleOptions['order'] {
  if (order.type === 'confidence') {
    return confidence(order.temperature === undefined ? {} : { temperature: order.temperature });
  }
  return halton(order.offset === undefined ? {} : { offset: order.offset });
}

const withoutUndefined = <T extends object>(given: T) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
