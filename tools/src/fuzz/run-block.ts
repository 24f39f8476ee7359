import { Random, VisualEchoesError } from '@visual-echoes/core';
import { mutate } from './mutate.js';
import type { FuzzReader } from './readers.js';

/** Inputs `from` to `to` − 1 of a seed. */
export interface Block {
  seed: number;
  from: number;
  to: number;
}

/** An input that the reader did not take as it should. */
export interface Fault {
  index: number;
  message: string;
}

/** What a reader made of a block. */
export interface BlockReport {
  accepted: number;
  /** By a typed error. */
  refused: number;
  /** By anything else. */
  crashed: Fault[];
  /** Milliseconds that the slowest input took, and which it was. */
  slowest: { milliseconds: number; index: number };
}

/** A reader's files, each in memory of its own: what mutates a copy of a Buffer's slice mutates the Buffer. */
export async function seedsOf(reader: FuzzReader): Promise<Uint8Array[]> {
  return (await reader.seeds()).map((bytes) => new Uint8Array(bytes));
}

/** Input `index` of a seed: first the files themselves, then mutated ones, each a function of both numbers alone. */
export function inputOf(
  { repair }: FuzzReader,
  seeds: readonly Uint8Array[],
  { seed, index }: { seed: number; index: number },
): Uint8Array {
  if (index < seeds.length) return seeds[index];
  const bytes = mutate(seeds, new Random(seed).fork('input', index));
  if (!repair || index % 2 === 0) return bytes;
  const repaired = bytes.slice();
  repair(repaired);
  return repaired;
}

/** Gives a reader every input of a block. */
export async function runBlock(
  reader: FuzzReader,
  seeds: readonly Uint8Array[],
  { seed, from, to }: Block,
): Promise<BlockReport> {
  const report: BlockReport = {
    accepted: 0,
    refused: 0,
    crashed: [],
    slowest: { milliseconds: 0, index: from },
  };
  for (let index = from; index < to; index++) {
    const bytes = inputOf(reader, seeds, { seed, index });
    const start = performance.now();
    try {
      await reader.read(bytes);
      report.accepted++;
    } catch (error) {
      if (error instanceof VisualEchoesError && error.message.length > 0) report.refused++;
      else report.crashed.push({ index, message: (error as Error)?.stack ?? String(error) });
    }
    const milliseconds = performance.now() - start;
    if (milliseconds > report.slowest.milliseconds) report.slowest = { milliseconds, index };
  }
  return report;
}
