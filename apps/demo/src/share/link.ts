import type { TaskName } from 'visual-echoes';
import type { Controls, ModelInfo, Tokens } from '../studio/protocol.js';
import { StudioError } from '../studio/studio-error.js';
import { fromBase64url, toBase64url } from './base64url.js';
import { BitReader, BitWriter } from './bit-stream.js';
import { crc32 } from './crc32.js';
import { readTokens, tokenBits, writeTokens } from './token-bits.js';

/** All that a generation follows from, but for the model. */
export interface Shared {
  task: TaskName;
  /** A whole number of at least 0. */
  seed: number;
  controls: Controls;
  /** From 1 to 16. */
  count: number;
  /** What is known, −1 elsewhere; a field may be left out. */
  canvas: Tokens;
}

/** What an address has after `#` where it is a shared link. */
const PREFIX = 'share=';
/** Counted up whenever the bits change their meaning. */
const VERSION = 1;
const TASKS: readonly TaskName[] = ['imageToAudio', 'audioToImage', 'coGenerate', 'complete'];
const ORDERS = [undefined, 'confidence', 'halton'] as const;
const MOST_STEPS = 256;
const MOST_COUNT = 16;
const LARGEST_CONTROL = 100;
/** Version, model and checksum, in bytes. */
const FRAME = 1 + 4 + 4;
/** Task, seed, count and controls, at most: 2 + 1 + 53 + 4 + 2 + 9 + 2 · 66. */
const MOST_SETTING_BITS = 203;

/**
 * What is shared as the part of an address after `#`, with it; about 200 characters for the digits model.
 *
 * Bytes: version, hash of the model, the settings and the tokens as bits, CRC-32 of all before; as base64url.
 *
 * @throws StudioError `invalid-input` for what no link can hold: other fields than the model's, numbers out of range.
 */
export function toHash({ task, seed, controls, count, canvas }: Shared, model: ModelInfo): string {
  const bits = new BitWriter();
  bits.write(check(TASKS.indexOf(task), 'task', 0, TASKS.length - 1), 2);
  writeWide(bits, check(seed, 'seed', 0, Number.MAX_SAFE_INTEGER));
  bits.write(check(count, 'count', 1, MOST_COUNT) - 1, 4);
  bits.write(check(ORDERS.indexOf(controls.order), 'order', 0, ORDERS.length - 1), 2);
  bits.write(controls.steps === undefined ? 0 : 1, 1);
  if (controls.steps !== undefined) bits.write(check(controls.steps, 'steps', 1, MOST_STEPS) - 1, 8);
  writeReal(bits, controls.guidance, 'guidance');
  writeReal(bits, controls.temperature, 'temperature');
  for (const name of Object.keys(canvas)) {
    if (!model.fields.some((field) => field.name === name)) throw unfit(`The model has no field "${name}".`);
  }
  for (const field of model.fields) {
    const tokens = canvas[field.name];
    try {
      writeTokens(bits, field, tokens);
    } catch (error) {
      throw unfit((error as Error).message);
    }
  }
  const settings = bits.end();
  const bytes = new Uint8Array(FRAME + settings.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, modelHash(model));
  bytes.set(settings, 5);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)));
  return `#${PREFIX}${toBase64url(bytes)}`;
}

/**
 * What a link shares; undefined for the part after `#` of an address that is none.
 *
 * @param hash `location.hash`
 * @throws StudioError `invalid-input` for a link that is damaged, of another model or of another version of this page.
 */
export function fromHash(hash: string, model: ModelInfo): Shared | undefined {
  const text = hash.startsWith('#') ? hash.slice(1) : hash;
  if (!text.startsWith(PREFIX)) return undefined;
  const digits = text.slice(PREFIX.length);
  // A longer one is none of ours, and need not be looked at.
  if (digits.length > longest(model)) throw damaged();
  const bytes = fromBase64url(digits);
  if (!bytes || bytes.length <= FRAME) throw damaged();
  const view = new DataView(bytes.buffer);
  if (crc32(bytes.subarray(0, -4)) !== view.getUint32(bytes.length - 4)) throw damaged();
  if (view.getUint8(0) !== VERSION) {
    throw refused('The link was made by another version of this page. Open it there, or make it anew here.');
  }
  if (view.getUint32(1) !== modelHash(model)) {
    throw refused(
      `The link was made with another model than "${model.name}". Choose that model at the top of the page, or make it anew here.`,
    );
  }
  try {
    return readShared(new BitReader(bytes.subarray(5, -4)), model);
  } catch (error) {
    if (error instanceof RangeError) throw damaged(); // too few bits, or numbers out of range
    throw error;
  }
}

/** @throws RangeError */
function readShared(bits: BitReader, model: ModelInfo): Shared {
  const task = TASKS[bits.read(2)];
  const seed = readWide(bits);
  const count = bits.read(4) + 1;
  const order = bits.read(2);
  if (order >= ORDERS.length) throw new RangeError('order');
  const steps = bits.read(1) ? bits.read(8) + 1 : undefined;
  const guidance = readReal(bits);
  const temperature = readReal(bits);
  const canvas: Tokens = {};
  for (const field of model.fields) {
    const tokens = readTokens(bits, field);
    if (tokens) canvas[field.name] = tokens;
  }
  if (!bits.ended) throw new RangeError('too long');
  return {
    task,
    seed,
    count,
    canvas,
    controls: withoutUndefined({ steps, guidance, temperature, order: ORDERS[order] }),
  };
}

/** A whole number: 32 bits, or 53 where it needs them. */
function writeWide(bits: BitWriter, value: number): void {
  const wide = value >= 2 ** 32;
  bits.write(wide ? 1 : 0, 1);
  bits.write(value, wide ? 53 : 32);
}

const readWide = (bits: BitReader) => bits.read(bits.read(1) ? 53 : 32);

/** A number of at most 100, exactly: 17 bits for thousandths, as sliders give them, or all 64. */
function writeReal(bits: BitWriter, value: number | undefined, name: string): void {
  bits.write(value === undefined ? 0 : 1, 1);
  if (value === undefined) return;
  if (!(Math.abs(value) <= LARGEST_CONTROL))
    throw unfit(`${name} is ${value}; a link holds up to ${LARGEST_CONTROL}.`);
  const thousandths = Math.round(value * 1000);
  const plain = value >= 0 && !Object.is(value, -0) && thousandths / 1000 === value;
  bits.write(plain ? 1 : 0, 1);
  if (plain) {
    bits.write(thousandths, 17);
    return;
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  bits.write(view.getUint32(0), 32);
  bits.write(view.getUint32(4), 32);
}

function readReal(bits: BitReader): number | undefined {
  if (!bits.read(1)) return undefined;
  let value: number;
  if (bits.read(1)) {
    value = bits.read(17) / 1000;
  } else {
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, bits.read(32));
    view.setUint32(4, bits.read(32));
    value = view.getFloat64(0);
  }
  if (!(Math.abs(value) <= LARGEST_CONTROL)) throw new RangeError('control');
  return value;
}

/** Of the model's name and fields: with others, the tokens mean something else. */
function modelHash({ name, fields }: ModelInfo): number {
  const identity = [name, ...fields.map((field) => [field.name, ...field.grid, field.vocabulary])];
  return crc32(new TextEncoder().encode(JSON.stringify(identity)));
}

/** Digits of the longest link of a model. */
function longest({ fields }: ModelInfo): number {
  const bits = fields.reduce((sum, field) => sum + tokenBits(field), MOST_SETTING_BITS);
  return Math.ceil(((FRAME + Math.ceil(bits / 8)) * 4) / 3);
}

function check(value: number, name: string, from: number, to: number): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw unfit(`${name} is ${value}; a link holds whole numbers from ${from} to ${to}.`);
}

/** Left out rather than undefined, so that what comes out equals what went in. */
function withoutUndefined(controls: Controls): Controls {
  return Object.fromEntries(Object.entries(controls).filter(([, value]) => value !== undefined));
}

const refused = (message: string) => new StudioError('invalid-input', message);
const damaged = () => refused('The link is damaged or cut off. Copy it again, whole.');
const unfit = (reason: string) => refused(`This cannot be shared: ${reason}`);
