import { Random } from '@visual-echoes/core';
import { EpochOrder, type Group } from './epoch-order.js';

export interface ShardStreamOptions<Piece, Sample> {
  /** How many rows each shard has. */
  sizes: readonly number[];
  /** Gives all rows of a shard, in pieces, in their order. */
  read: (shard: number) => Promise<Piece[]>;
  /**
   * Makes a sample of a row; whatever it draws comes from `random`, a stream of this sample alone, and what it is mixed
   * with from `pieces`, those that are shuffled together.
   */
  pick: (piece: Piece, row: number, random: Random, pieces: readonly Piece[]) => Sample;
  seed: number;
  /** Shards whose rows are shuffled together; 4. */
  together?: number | undefined;
}

interface LoadedGroup<Piece> extends Group {
  pieces: Piece[];
  order: Int32Array;
}

/**
 * Training samples out of shards, one of every row an epoch. Sample i is the same whatever was read before it. While a
 * group of shards is used the next one is read, and no more than that is
 * kept.
 */
export class ShardStream<Piece extends { readonly rows: number }, Sample> {
  private readonly order: EpochOrder;
  private readonly random: Random;
  private readonly groups = new Map<number, Promise<LoadedGroup<Piece>>>();
  private readonly options: ShardStreamOptions<Piece, Sample>;

  /** @throws ConfigurationError where the shards have no rows. */
  constructor(options: ShardStreamOptions<Piece, Sample>) {
    const { sizes, seed, together } = options;
    this.order = new EpochOrder(sizes, { seed, ...(together && { together }) });
    this.random = new Random(seed).fork('samples');
    this.options = options;
  }

  /**
   * Samples number `first` (from 0) to before `first + count` of the endless sequence.
   * @throws what reading a shard throws.
   */
  async take(first: number, count: number): Promise<Sample[]> {
    const samples: Sample[] = [];
    let group: LoadedGroup<Piece> | undefined;
    for (let sample = first; sample < first + count; sample++) {
      if (!group || sample >= group.first + group.size) {
        group = await this.load(this.order.groupAt(sample));
      }
      samples.push(this.sample(group, sample));
    }
    if (group) this.readAhead(group.ordinal);
    return samples;
  }

  private sample(group: LoadedGroup<Piece>, sample: number): Sample {
    let row = group.order[sample - group.first];
    const piece = group.pieces.find(({ rows }) => {
      if (row < rows) return true;
      row -= rows;
      return false;
    })!;
    return this.options.pick(piece, row, this.random.fork(sample), group.pieces);
  }

  /** Forgets the groups before this one and begins to read the one after it. */
  private readAhead(ordinal: number): void {
    for (const known of this.groups.keys()) {
      if (known < ordinal || known > ordinal + 1) this.groups.delete(known);
    }
    void this.load(this.order.group(ordinal + 1)).catch(() => {}); // whoever takes from it is told
  }

  private load(group: Group): Promise<LoadedGroup<Piece>> {
    let loaded = this.groups.get(group.ordinal);
    if (!loaded) {
      loaded = this.read(group);
      this.groups.set(group.ordinal, loaded);
      loaded.catch(() => this.groups.delete(group.ordinal));
    }
    return loaded;
  }

  private async read(group: Group): Promise<LoadedGroup<Piece>> {
    const pieces: Piece[] = [];
    for (const shard of group.shards) pieces.push(...(await this.options.read(shard)));
    return { ...group, pieces, order: group.rows() };
  }
}
