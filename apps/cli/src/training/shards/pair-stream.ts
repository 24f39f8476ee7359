import { type Canvas, Random } from '@visual-echoes/core';
import { EpochOrder, type Group } from './epoch-order.js';
import { type ClipForm, framesOf, type PackedClips, pairAt } from './packed-clips.js';

/** Gives all clips of a shard, in pieces, in their order. */
export type ReadShard = (shard: number) => Promise<PackedClips[]>;

export interface PairStreamOptions {
  /** The clips' fields. */
  form: Pick<ClipForm, 'fields'>;
  /** How many rows each shard has. */
  sizes: readonly number[];
  read: ReadShard;
  seed: number;
  /** Whether the pairs have the field `label`. */
  label?: boolean;
  /** Shards whose rows are shuffled together. */
  together?: number;
}

interface LoadedGroup extends Group {
  pieces: PackedClips[];
  order: Int32Array;
}

/**
 * Training pairs out of shards: any frame of a clip with the clip's sound, every clip once an epoch. Sample i is the
 * same whatever was read before it. While a group of shards is used the next one is read, and no more than that is
 * kept.
 */
export class PairStream {
  private readonly order: EpochOrder;
  private readonly frames: Random;
  private readonly groups = new Map<number, Promise<LoadedGroup>>();
  private readonly options: PairStreamOptions;

  /** @throws ConfigurationError where the shards have no rows. */
  constructor(options: PairStreamOptions) {
    const { sizes, seed, together } = options;
    this.order = new EpochOrder(sizes, { seed, ...(together && { together }) });
    this.frames = new Random(seed).fork('frames');
    this.options = options;
  }

  /**
   * Samples number `first` (from 0) to before `first + count` of the endless sequence.
   * @throws what reading a shard throws.
   */
  async take(first: number, count: number): Promise<Canvas[]> {
    const pairs: Canvas[] = [];
    let group: LoadedGroup | undefined;
    for (let sample = first; sample < first + count; sample++) {
      if (!group || sample >= group.first + group.size) {
        group = await this.load(this.order.groupAt(sample));
      }
      pairs.push(this.pair(group, sample));
    }
    if (group) this.readAhead(group.ordinal);
    return pairs;
  }

  private pair(group: LoadedGroup, sample: number): Canvas {
    let row = group.order[sample - group.first];
    const piece = group.pieces.find(({ rows }) => {
      if (row < rows) return true;
      row -= rows;
      return false;
    })!;
    const frame = this.frames.fork(sample).integer(framesOf(piece, row));
    return pairAt(piece, { row, frame, label: this.options.label ?? false }, this.options.form);
  }

  /** Forgets the groups before this one and begins to read the one after it. */
  private readAhead(ordinal: number): void {
    for (const known of this.groups.keys()) {
      if (known < ordinal || known > ordinal + 1) this.groups.delete(known);
    }
    void this.load(this.order.group(ordinal + 1)).catch(() => {}); // whoever takes from it is told
  }

  private load(group: Group): Promise<LoadedGroup> {
    let loaded = this.groups.get(group.ordinal);
    if (!loaded) {
      loaded = this.read(group);
      this.groups.set(group.ordinal, loaded);
      loaded.catch(() => this.groups.delete(group.ordinal));
    }
    return loaded;
  }

  private async read(group: Group): Promise<LoadedGroup> {
    const pieces: PackedClips[] = [];
    for (const shard of group.shards) pieces.push(...(await this.options.read(shard)));
    return { ...group, pieces, order: group.rows() };
  }
}
