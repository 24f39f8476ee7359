import { availableParallelism } from 'node:os';
import { ConfigurationError, throwIfCancelled, VisualEchoesError } from '@visual-echoes/core';
import type { ClipForm } from './clip-form.js';
import type { ListedClip, Listing } from './listing.js';
import { makeClip, type PreparedClip } from './make-clip.js';
import { mapInOrder } from './map-in-order.js';
import { planShards, type Survey, surveyListing } from './plan-shards.js';

/** A clip that could not be prepared. */
export interface FailedClip {
  id: string;
  input: string;
  reason: string;
}

/** One shard's clips, to be prepared. */
export interface ShardWork {
  file: string;
  /** Prepares them, in their order; those that fail are handed to `onFailure`, the others come out. */
  clips(onFailure: (failed: FailedClip) => void): AsyncIterable<PreparedClip>;
}

/** Where a dataset's clips come from. */
export interface PrepareSource {
  kind: string;
  name: string;
  survey(): Promise<Survey>;
  /** The shards, one after the other. */
  shards(): AsyncIterable<ShardWork>;
}

/** The clips of a listing, prepared several at a time: one for each core, and one that waits for the disk. */
export function listingSource(
  listing: Listing,
  { size, form, signal }: { size: number; form: ClipForm; signal: AbortSignal },
): PrepareSource {
  const { kind, name } = listing;
  return {
    kind,
    name,
    survey: () => surveyListing(listing, size),
    async *shards() {
      for await (const { file, clips } of planShards(listing, size)) {
        yield { file, clips: (onFailure) => prepareAll(clips, form, signal, onFailure) };
      }
    },
  };
}

async function* prepareAll(
  clips: readonly ListedClip[],
  form: ClipForm,
  signal: AbortSignal,
  onFailure: (failed: FailedClip) => void,
): AsyncGenerator<PreparedClip> {
  const made = mapInOrder(clips, availableParallelism() + 1, async (clip) => {
    throwIfCancelled(signal);
    try {
      return { clip: await makeClip(clip, form, signal) };
    } catch (error) {
      throwIfCancelled(signal);
      // What is wrong with the machine is so for every clip.
      if (!(error instanceof VisualEchoesError) || error instanceof ConfigurationError) throw error;
      return { failed: { id: clip.id, input: clip.input, reason: error.message } };
    }
  });
  for await (const { clip, failed } of made) {
    if (clip) yield clip;
    else onFailure(failed);
  }
}
