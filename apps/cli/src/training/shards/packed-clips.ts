import { type Canvas, InvalidInputError, positionsOf, type TokenField, UNKNOWN } from '@visual-echoes/core';
import type { ClipTokens } from '../../dataset/clip-tokens.js';

/** Clips as a few arrays, which go from thread to thread without a copy: two bytes a token where that is enough. */
export interface PackedClips {
  readonly rows: number;
  /** The frames of all clips, one after the other: those of clip i are number `starts[i]` to before `starts[i + 1]`. */
  readonly frames: Uint16Array | Int32Array;
  readonly starts: Int32Array;
  /** `[rows · positions of audio]`. */
  readonly audio: Uint16Array | Int32Array;
  /** The number of each clip's label, −1 where it has none. */
  readonly labels: Int32Array;
}

/** What a dataset's clips are made of. */
export interface ClipForm {
  /** `image` and `audio`. */
  readonly fields: readonly TokenField[];
  readonly labels: readonly string[];
}

/** A field of the clips' form. @throws InvalidInputError where there is none of this name. */
export function fieldOf({ fields }: Pick<ClipForm, 'fields'>, name: 'image' | 'audio'): TokenField {
  const field = fields.find((one) => one.name === name);
  if (field) return field;
  const names = fields.map((one) => one.name).join(', ');
  throw new InvalidInputError(`The dataset has no field "${name}" but ${names}; prepare it with both.`);
}

/** Packs clips. @throws InvalidInputError where a clip has a label that its dataset does not name. */
export function packClips(clips: readonly ClipTokens[], form: ClipForm): PackedClips {
  const [image, audio] = [fieldOf(form, 'image'), fieldOf(form, 'audio')];
  const frames = clips.reduce((sum, clip) => sum + clip.frames.length, 0);
  const packed = {
    rows: clips.length,
    frames: tokenArray(image, frames),
    starts: new Int32Array(clips.length + 1),
    audio: tokenArray(audio, clips.length),
    labels: new Int32Array(clips.length).fill(UNKNOWN),
  };
  let frame = 0;
  clips.forEach((clip, i) => {
    for (const tokens of clip.frames) packed.frames.set(tokens, frame++ * positionsOf(image));
    packed.starts[i + 1] = frame;
    packed.audio.set(clip.audio, i * positionsOf(audio));
    if (clip.label === null) return;
    packed.labels[i] = form.labels.indexOf(clip.label);
    if (packed.labels[i] === -1) {
      throw new InvalidInputError(
        `The clip ${clip.id} has the label "${clip.label}", which its dataset does not name. Make the dataset again.`,
      );
    }
  });
  return packed;
}

/** How many frames a clip has. */
export const framesOf = ({ starts }: PackedClips, row: number): number => starts[row + 1] - starts[row];

/** One frame of a clip with its sound. */
export function pairAt(
  { frames, starts, audio, labels }: PackedClips,
  { row, frame, label }: { row: number; frame: number; label: boolean },
  form: Pick<ClipForm, 'fields'>,
): Canvas {
  const part = (tokens: Uint16Array | Int32Array, length: number, i: number) =>
    Int32Array.from(tokens.subarray(i * length, (i + 1) * length));
  return {
    image: part(frames, positionsOf(fieldOf(form, 'image')), starts[row] + frame),
    audio: part(audio, positionsOf(fieldOf(form, 'audio')), row),
    ...(label && { label: Int32Array.of(labels[row]) }),
  };
}

function tokenArray(field: TokenField, count: number): Uint16Array | Int32Array {
  const length = count * positionsOf(field);
  return field.vocabulary <= 2 ** 16 ? new Uint16Array(length) : new Int32Array(length);
}
