import {
  type Canvas,
  ConfigurationError,
  InvalidInputError,
  positionsOf,
  type Random,
  type TokenField,
  UNKNOWN,
  validateCanvas,
} from '@visual-echoes/core';

/** A normal distribution cut at both ends, from which the share of masked tokens is drawn. */
export interface MaskRatio {
  mean: number;
  standardDeviation: number;
  low: number;
  high: number;
}

/** How one field is masked. */
export interface FieldMasking {
  /** Probability that the field is wholly visible; 0. */
  visible?: number;
  /** Probability that it is wholly masked; 0. Else a ratio is drawn. */
  masked?: number;
  /** Weight of its loss; 1. */
  weight?: number;
  /** Its own distribution of ratios. */
  ratio?: MaskRatio;
}

export interface MaskingOptions {
  /** MAGE's: mean 0.55, deviation 0.25, on [0.5, 1]. */
  ratio?: MaskRatio;
  /** Whether one ratio is drawn over all positions together, as in MAGE, or one for each field. */
  joint?: boolean;
  /** Whether a dropped position may be a visible one ('any', the paper) or is always masked ('masked', MAGE). */
  drop?: 'any' | 'masked';
  /** The share of all positions that the encoder does not see, rounded up. */
  dropShare?: number;
  fields?: Record<string, FieldMasking>;
}

/** Samples with what is hidden of them, all `[B · L]`, L the positions of the present fields without the class token. */
export interface MaskedBatch {
  readonly size: number;
  /** The fields that are present, in the model's order; all where left out. The others have no place in the sequence. */
  readonly fields?: readonly string[];
  /** The true codes, −1 where there is none. */
  readonly tokens: Int32Array;
  /** 1 where the network may not see the code; it is asked there. */
  readonly masked: Uint8Array;
  /** 1 where the encoder has no position at all; the same number in every sample. */
  readonly dropped: Uint8Array;
  /** Weight of each field's loss by name, 1 where absent. */
  readonly weights: Readonly<Record<string, number>>;
}

/**
 * Draws what is masked and what is dropped, for each sample anew: of a field of n positions ⌈n·r⌉ are masked, with r
 * from a truncated normal, and of all L positions ⌈L·dropShare⌉ dropped (with 'masked' at most as many as the sample
 * with the fewest masked ones has). A draw in which nothing is asked is drawn again. A field that the canvases leave
 * out is not in the sequence: so a batch may be of pictures alone, and takes the time of pictures alone.
 *
 * @throws ConfigurationError where no draw asks anything; InvalidInputError for a token outside its vocabulary.
 *
 * @example
 * const batch = maskBatch(fields, canvases, { fields: { label: { masked: 0.8, weight: 0.1 } } }, new Random(1));
 */
export function maskBatch(
  fields: readonly TokenField[],
  canvases: readonly Canvas[],
  options: MaskingOptions,
  random: Random,
): MaskedBatch {
  const { drop = 'any', dropShare = 0.5, fields: byField = {} } = options;
  if (canvases.length === 0) throw new InvalidInputError('No samples to mask; give at least one canvas.');
  if (!(dropShare >= 0 && dropShare < 1)) {
    throw new ConfigurationError(`dropShare is ${dropShare}; it must be at least 0 and below 1.`);
  }
  for (const name of Object.keys(byField)) {
    if (!fields.some((field) => field.name === name)) {
      throw new ConfigurationError(
        `Masking is given for "${name}"; the fields are ${fields.map((field) => field.name).join(', ')}.`,
      );
    }
  }
  const present = fieldsOf(fields, canvases);
  const length = present.reduce((sum, field) => sum + positionsOf(field), 0);
  const size = canvases.length;
  const tokens = concatTokens(present, canvases);
  const masked = new Uint8Array(size * length);
  let fewest = length;
  for (let sample = 0; sample < size; sample++) {
    const own = tokens.subarray(sample * length, (sample + 1) * length);
    const mask = drawUntilAsked(present, own, options, random);
    masked.set(mask, sample * length);
    fewest = Math.min(
      fewest,
      mask.reduce((count, bit) => count + bit, 0),
    );
  }
  const wanted = Math.ceil(length * dropShare);
  const count = drop === 'masked' ? Math.min(wanted, fewest) : wanted;
  const dropped = new Uint8Array(size * length);
  for (let sample = 0; sample < size; sample++) {
    const first = sample * length;
    const candidates = indices(length).filter((p) => drop === 'any' || masked[first + p] === 1);
    for (const position of choose(candidates, count, random)) dropped[first + position] = 1;
  }
  const weights = Object.fromEntries(present.map(({ name }) => [name, byField[name]?.weight ?? 1]));
  return { size, fields: present.map(({ name }) => name), tokens, masked, dropped, weights };
}

/** The fields that canvases have, in the order of `fields`; all canvases of a batch must have the same. */
export function fieldsOf(fields: readonly TokenField[], [first]: readonly Canvas[]): readonly TokenField[] {
  const present = fields.filter(({ name }) => Object.hasOwn(first ?? {}, name));
  return present.length === 0 ? fields : present;
}

/** The tokens of these fields of all samples, one after the other: `[B · L]`. */
export function concatTokens(fields: readonly TokenField[], canvases: readonly Canvas[]): Int32Array {
  const length = fields.reduce((sum, field) => sum + positionsOf(field), 0);
  const tokens = new Int32Array(canvases.length * length);
  let at = 0;
  for (const canvas of canvases) {
    validateCanvas(fields, canvas);
    for (const { name } of fields) {
      tokens.set(canvas[name], at);
      at += canvas[name].length;
    }
  }
  return tokens;
}

function drawUntilAsked(
  fields: readonly TokenField[],
  tokens: Int32Array,
  options: MaskingOptions,
  random: Random,
): Uint8Array {
  for (let tries = 0; tries < 1000; tries++) {
    const mask = drawMask(fields, options, random);
    for (let i = 0; i < mask.length; i++) if (tokens[i] === UNKNOWN) mask[i] = 1;
    if (mask.some((bit, i) => bit === 1 && tokens[i] !== UNKNOWN)) return mask;
  }
  throw new ConfigurationError(
    'No draw masks a known token; lower the probability "visible" of the fields or raise the ratio.',
  );
}

function drawMask(
  fields: readonly TokenField[],
  { ratio = mageRatio, joint = false, fields: byField = {} }: MaskingOptions,
  random: Random,
): Uint8Array {
  const mask = new Uint8Array(fields.reduce((sum, field) => sum + positionsOf(field), 0));
  const free: number[] = []; // positions of the fields that share the joint ratio
  let start = 0;
  for (const field of fields) {
    const { visible = 0, masked = 0, ratio: own } = byField[field.name] ?? {};
    const positions = indices(positionsOf(field)).map((p) => start + p);
    start += positions.length;
    const u = random.uniform();
    if (u < visible) continue;
    if (u < visible + masked) for (const p of positions) mask[p] = 1;
    else if (joint && !own) free.push(...positions);
    else
      for (const p of choose(positions, shareOf(positions.length, own ?? ratio, random), random)) mask[p] = 1;
  }
  if (free.length > 0) {
    for (const p of choose(free, shareOf(free.length, ratio, random), random)) mask[p] = 1;
  }
  return mask;
}

const mageRatio: MaskRatio = { mean: 0.55, standardDeviation: 0.25, low: 0.5, high: 1 };

function shareOf(
  positions: number,
  { mean, standardDeviation, low, high }: MaskRatio,
  random: Random,
): number {
  if (!(low >= 0 && high <= 1)) {
    throw new ConfigurationError(`A mask ratio lies on [0, 1], not on [${low}, ${high}].`);
  }
  const ratio = low === high ? low : random.truncatedNormal(mean, standardDeviation, low, high);
  return Math.ceil(positions * ratio);
}

/** `count` different ones of `candidates`, by the first steps of a Fisher–Yates shuffle. */
function choose(candidates: number[], count: number, random: Random): number[] {
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(candidates.length - i);
    [candidates[i], candidates[j]] = [candidates[j], candidates[i]];
  }
  return candidates.slice(0, count);
}

const indices = (n: number) => Array.from({ length: n }, (_, i) => i);
