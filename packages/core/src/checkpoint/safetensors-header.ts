import { CheckpointError } from '../errors.js';
import { sizeOf } from '../module/layout.js';

/** Bytes a value of each type that is read. */
export const BYTES_PER_VALUE = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type SafetensorsType = keyof typeof BYTES_PER_VALUE;

/** Where a tensor lies: `offset` and `length` are bytes from the start of the file. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly type: SafetensorsType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit on the header, in bytes. */
const LONGEST_HEADER = 100_000_000;

const malformed = (why: string): never => {
  throw new CheckpointError(`Not a sound safetensors file: ${why}. Download or write the file again.`);
};

/** The length of the JSON after the first eight bytes, checked against the file's size. */
export function safetensorsHeaderLength(firstEight: Uint8Array, fileSize: number): number {
  if (fileSize < 8 || firstEight.length < 8)
    malformed(`it has ${fileSize} bytes, fewer than its first field needs`);
  const view = new DataView(firstEight.buffer, firstEight.byteOffset, 8);
  const length = Number(view.getBigUint64(0, true));
  if (length > LONGEST_HEADER || 8 + length > fileSize) {
    malformed(`its header claims ${length} bytes and the file has ${fileSize}`);
  }
  return length;
}

/** Parses and checks the header: every tensor inside the file, side by side, none overlapping, sizes as shapes say. */
export function parseSafetensorsHeader(json: Uint8Array, fileSize: number): SafetensorsHeader {
  let text = '';
  let parsed: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    parsed = JSON.parse(text);
  } catch {
    malformed('its header is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    malformed('its header is no object');
  const names = topLevelNames(text);
  if (new Set(names).size !== names.length) malformed('two of its tensors have one name');
  const start = 8 + json.length;
  const metadata: Record<string, string> = {};
  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(parsed as Record<string, unknown>)) {
    if (name === '__metadata__') {
      for (const [key, entry] of Object.entries((value ?? {}) as Record<string, unknown>)) {
        if (typeof entry !== 'string' || key === '__proto__') malformed('its metadata is not plain text');
        metadata[key] = entry as string;
      }
    } else entries.push(parseEntry(name, value, start));
  }
  let end = start;
  for (const entry of [...entries].sort((a, b) => a.offset - b.offset || a.length - b.length)) {
    if (entry.offset !== end)
      malformed(`${quoted(entry.name)} begins at byte ${entry.offset} where ${end} was due`);
    end = entry.offset + entry.length;
  }
  if (end !== fileSize) malformed(`its tensors end at byte ${end} and the file at ${fileSize}`);
  return { entries, metadata };
}

/** The names of a JSON object, all of them: `JSON.parse` keeps only the last of two that are alike. */
function topLevelNames(json: string): string[] {
  const names: string[] = [];
  let depth = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && token.endsWith(':')) names.push(JSON.parse(token.slice(0, -1)));
  }
  return names;
}

/** A name from the file, as it can be printed on a terminal. */
const quoted = (name: string) => JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);

function parseEntry(name: string, value: unknown, start: number): SafetensorsEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (name === '__proto__') malformed('a tensor is named "__proto__"');
  if (typeof dtype !== 'string' || !Object.hasOwn(BYTES_PER_VALUE, dtype)) {
    malformed(`${quoted(name)} is of type ${quoted(String(dtype))}, which is not read here`);
  }
  const isCount = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isCount)) malformed(`${quoted(name)} has no shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    malformed(`${quoted(name)} has no offsets`);
  const [begin, end] = offsets as number[];
  const length = sizeOf(shape as number[]) * BYTES_PER_VALUE[dtype as SafetensorsType];
  if (end - begin !== length)
    malformed(
      `${quoted(name)} of shape [${(shape as number[]).slice(0, 8)}] needs ${length} bytes and has ${end - begin}`,
    );
  return { name, type: dtype as SafetensorsType, shape: shape as number[], offset: start + begin, length };
}
