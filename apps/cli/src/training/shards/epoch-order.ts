import { ConfigurationError, Random } from '@visual-echoes/core';

/** Shards whose rows are shuffled together: a stretch of the endless sequence of samples. */
export interface Group {
  /** Its number in the sequence, from 0. */
  readonly ordinal: number;
  /** The number of its first sample in the sequence, from 0, and how many there are. */
  readonly first: number;
  readonly size: number;
  /** Which shards, in the order in which their rows are counted. */
  readonly shards: readonly number[];
  /** Sample `first + i` is row `rows[i]` of all rows of these shards, one after the other. */
  rows(): Int32Array;
}

/**
 * The order in which a training sees the rows of shards: epoch after epoch, the shards shuffled anew in each, and the
 * rows shuffled within every `together` shards. Which row sample i is depends on the seed and i alone, so that a run
 * goes on exactly from any step, with two groups of shards in memory.
 *
 * @throws ConfigurationError where there are no rows.
 */
export class EpochOrder {
  /** Samples of an epoch. */
  readonly rows: number;
  private readonly sizes: readonly number[];
  private readonly random: Random;
  private readonly together: number;
  private readonly groupsPerEpoch: number;
  private readonly epochs = new Map<number, Group[]>();

  /** @param sizes how many rows each shard has. */
  constructor(sizes: readonly number[], { seed, together = 4 }: { seed: number; together?: number }) {
    this.rows = sizes.reduce((sum, rows) => sum + rows, 0);
    if (this.rows === 0) throw new ConfigurationError('There are no rows to train on; add clips.');
    this.sizes = sizes;
    this.random = new Random(seed).fork('order');
    this.together = together;
    this.groupsPerEpoch = Math.ceil(sizes.length / together);
  }

  /** The group of a sample. */
  groupAt(sample: number): Group {
    const groups = this.groupsOf(Math.floor(sample / this.rows));
    return groups.find(({ first, size }) => sample >= first && sample < first + size)!;
  }

  /** A group by its number. */
  group(ordinal: number): Group {
    return this.groupsOf(Math.floor(ordinal / this.groupsPerEpoch))[ordinal % this.groupsPerEpoch];
  }

  private groupsOf(epoch: number): Group[] {
    const known = this.epochs.get(epoch);
    if (known) return known;
    const order = [...this.random.fork('shards', epoch).permutation(this.sizes.length)];
    const groups: Group[] = [];
    let first = epoch * this.rows;
    for (let g = 0; g < this.groupsPerEpoch; g++) {
      const shards = order.slice(g * this.together, (g + 1) * this.together);
      const size = shards.reduce((sum, shard) => sum + this.sizes[shard], 0);
      groups.push({
        ordinal: epoch * this.groupsPerEpoch + g,
        first,
        size,
        shards,
        rows: () => this.random.fork('rows', epoch, g).permutation(size),
      });
      first += size;
    }
    if (this.epochs.size > 1) this.epochs.clear(); // two are in use where one ends
    this.epochs.set(epoch, groups);
    return groups;
  }
}
