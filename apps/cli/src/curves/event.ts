/** A picture for TensorBoard. */
export interface EventPicture {
  width: number;
  height: number;
  png: Uint8Array;
}

/** What one event of TensorBoard says: numbers or pictures by tag, at a step. */
export interface CurveEvent {
  step: number;
  /** Seconds since 1970. */
  wallTime: number;
  scalars?: Readonly<Record<string, number>>;
  pictures?: Readonly<Record<string, EventPicture>>;
}

/** The first event of a file says which form the others have. */
export const FILE_VERSION = 'brain.Event:2';

/*
 * Field numbers are those of tensorflow/core/util/event.proto and framework/summary.proto: Event { 1 wall_time, 2 step,
 * 3 file_version, 5 summary }, Summary { 1 value }, Value { 1 tag, 2 simple_value, 4 image }, Image { 1 height,
 * 2 width, 3 colorspace, 4 encoded_image_string }.
 */

/** The protocol buffer of an event. */
export function encodeEvent({ step, wallTime, scalars = {}, pictures = {} }: CurveEvent): Uint8Array {
  const values = [
    ...Object.entries(scalars).map(([tag, value]) => join(text(1, tag), float(2, value))),
    ...Object.entries(pictures).map(([tag, { width, height, png }]) =>
      join(
        text(1, tag),
        message(4, join(integer(1, height), integer(2, width), integer(3, RGB), message(4, png))),
      ),
    ),
  ];
  return join(
    double(1, wallTime),
    integer(2, step),
    message(5, join(...values.map((value) => message(1, value)))),
  );
}

/** The protocol buffer of a file's first event. */
export const encodeFileVersion = (wallTime: number): Uint8Array =>
  join(double(1, wallTime), text(3, FILE_VERSION));

/** The step of an encoded event: 0 where it says none. */
export function stepOf(event: Uint8Array): number {
  for (let at = 0; at < event.length; ) {
    const key = readInteger(event, at);
    at = key.end;
    const wire = key.value % 8;
    if (wire === LENGTH) at = readInteger(event, at).end + readInteger(event, at).value;
    else if (wire === DOUBLE) at += 8;
    else if (wire === FLOAT) at += 4;
    else {
      const { value, end } = readInteger(event, at);
      if (key.value >> 3 === 2) return value;
      at = end;
    }
  }
  return 0;
}

/** `colorspace` of pictures in red, green and blue. */
const RGB = 3;

/** Wire types. */
const [VARINT, DOUBLE, LENGTH, FLOAT] = [0, 1, 2, 5];

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Uint8Array.of(...bytes, left);
}

function readInteger(bytes: Uint8Array, from: number): { value: number; end: number } {
  let value = 0;
  let at = from;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++];
    value += (byte % 128) * scale;
    if (byte < 128) return { value, end: at };
  }
}

const key = (field: number, wire: number) => varint(field * 8 + wire);
const integer = (field: number, value: number) => join(key(field, VARINT), varint(value));
const message = (field: number, bytes: Uint8Array) => join(key(field, LENGTH), varint(bytes.length), bytes);
const text = (field: number, value: string) => message(field, new TextEncoder().encode(value));
const double = (field: number, value: number) =>
  join(key(field, DOUBLE), new Uint8Array(Float64Array.of(value).buffer));
const float = (field: number, value: number) =>
  join(key(field, FLOAT), new Uint8Array(Float32Array.of(value).buffer));

function join(...pieces: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
