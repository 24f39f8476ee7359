import { InvalidInputError } from '@visual-echoes/core';

/** Sound as it was recorded: one Float32Array a channel, all of one length, full scale at −1 and 1. */
export interface Waveform {
  /** Samples a second, in Hz. */
  sampleRate: number;
  channels: Float32Array[];
}

/**
 * The mean of all channels, [samples].
 *
 * @throws InvalidInputError where there are no channels or their lengths differ.
 */
export function toMono({ channels }: Pick<Waveform, 'channels'>): Float32Array {
  const [first, ...rest] = channels;
  if (!first) throw new InvalidInputError('The sound has no channels. Give at least one Float32Array.');
  if (rest.length === 0) return first;
  const mono = Float32Array.from(first);
  for (const channel of rest) {
    if (channel.length !== first.length) {
      throw new InvalidInputError(
        `The channels of a sound are equally long, not ${first.length} and ${channel.length} samples.`,
      );
    }
    for (let i = 0; i < mono.length; i++) mono[i] += channel[i];
  }
  const gain = 1 / channels.length;
  for (let i = 0; i < mono.length; i++) mono[i] *= gain;
  return mono;
}
