import type { Canvas } from '@visual-echoes/core';
import { type ClipForm, framesOf, type PackedClips, pairAt } from './packed-clips.js';
import { ShardStream, type ShardStreamOptions } from './shard-stream.js';

/** Training pairs out of shards: any frame of a clip with the clip's sound. */
export type PairStream = ShardStream<PackedClips, Canvas>;

export interface PairStreamOptions extends Omit<ShardStreamOptions<PackedClips, Canvas>, 'pick'> {
  /** The clips' fields. */
  form: Pick<ClipForm, 'fields'>;
  /** Whether the pairs have the field `label`. */
  label?: boolean;
}

/** @throws ConfigurationError where the shards have no rows. */
export const pairStream = ({ form, label = false, ...options }: PairStreamOptions): PairStream =>
  new ShardStream({
    ...options,
    pick: (clips, row, random) =>
      pairAt(clips, { row, frame: random.integer(framesOf(clips, row)), label }, form),
  });
