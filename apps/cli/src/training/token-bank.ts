import { existsSync } from 'node:fs';
import { type Canvas, ConfigurationError, type Random, type StateDict, UNKNOWN } from '@visual-echoes/core';
import { readStateFile, writeStateFile } from '@visual-echoes/core/node';

/** Tokenized media of one kind: `count` pieces of `length` tokens, each with a class, and sounds with a voice. */
export interface TokenSet {
  readonly length: number;
  readonly count: number;
  /** `[count · length]`. */
  readonly tokens: Int32Array;
  readonly labels: Uint8Array;
  readonly voices?: Uint8Array;
}

/** The tokens of piece `i`. */
export const tokensAt = ({ tokens, length }: TokenSet, i: number): Int32Array =>
  tokens.subarray(i * length, (i + 1) * length);

/** Joins tokenized pieces, their classes and voices. */
export function tokenSet(pieces: readonly Int32Array[], labels: Uint8Array, voices?: Uint8Array): TokenSet {
  const length = pieces[0]?.length ?? 0;
  const tokens = new Int32Array(pieces.length * length);
  pieces.forEach((piece, i) => tokens.set(piece, i * length));
  return { length, count: pieces.length, tokens, labels, ...(voices && { voices }) };
}

/** Pictures and sounds of the same classes, from which training pairs are drawn. */
export class TokenBank {
  readonly image: TokenSet;
  readonly audio: TokenSet;
  private readonly imagesOfClass: readonly (readonly number[])[];

  constructor(image: TokenSet, audio: TokenSet) {
    this.image = image;
    this.audio = audio;
    const classes = 1 + Math.max(...audio.labels);
    const byClass: number[][] = Array.from({ length: classes }, () => []);
    image.labels.forEach((label, i) => byClass[label]?.push(i));
    const empty = byClass.findIndex((members) => members.length === 0);
    if (empty >= 0)
      throw new ConfigurationError(`No picture is of class ${empty}, and a sound is; add pictures.`);
    this.imagesOfClass = byClass;
  }

  /** Any sound, with its class, its voice and any picture of the same class. */
  drawPair(random: Random): Canvas {
    const sound = random.integer(this.audio.count);
    const label = this.audio.labels[sound];
    const pictures = this.imagesOfClass[label];
    const picture = pictures[random.integer(pictures.length)];
    return {
      image: tokensAt(this.image, picture),
      audio: tokensAt(this.audio, sound),
      label: Int32Array.of(label),
      voice: Int32Array.of(this.audio.voices?.[sound] ?? UNKNOWN),
    };
  }
}

/** Reads the sets that `make` made before at `path`, or makes and keeps them. */
export async function cachedTokenSets<Sets extends Record<keyof Sets, TokenSet>>(
  path: string,
  make: () => Promise<Sets>,
): Promise<Sets> {
  if (existsSync(path)) return fromState(await readStateFile(path)) as Sets;
  const sets = await make();
  await writeStateFile(path, toState(sets));
  return sets;
}

// Whole numbers below 2^24 are exact in float32.
function toState(sets: Record<string, TokenSet>): StateDict {
  const state: StateDict = {};
  for (const [name, { tokens, labels, voices, count, length }] of Object.entries(sets)) {
    state[`${name}.tokens`] = { shape: [count, length], data: Float32Array.from(tokens) };
    state[`${name}.labels`] = { shape: [count], data: Float32Array.from(labels) };
    if (voices) state[`${name}.voices`] = { shape: [count], data: Float32Array.from(voices) };
  }
  return state;
}

function fromState(state: StateDict): Record<string, TokenSet> {
  const sets: Record<string, TokenSet> = {};
  for (const [name, { shape, data }] of Object.entries(state)) {
    const [set, kind] = name.split('.');
    if (kind !== 'tokens') continue;
    const [count, length] = shape;
    const labels = Uint8Array.from(state[`${set}.labels`].data);
    const voices = state[`${set}.voices`]?.data;
    sets[set] = {
      count,
      length,
      tokens: Int32Array.from(data),
      labels,
      ...(voices && { voices: Uint8Array.from(voices) }),
    };
  }
  return sets;
}
