import { computed, signal } from '@preact/signals';
import type { Mel, Picture, Waveform } from 'visual-echoes';
import type { Tokens } from '../../studio/protocol.js';

/** A picture to repair, in the model's form. */
export interface WholePicture {
  tokens: Int32Array;
  picture: Picture;
}

/** A sound to repair, in the model's form. */
export interface WholeSound {
  tokens: Int32Array;
  mel: Mel;
  /** To listen to, where there is one. */
  sound?: Waveform | undefined;
}

/** What is to be repaired: a picture, a sound or both, and what is rubbed out of them. */
export class Damage {
  readonly picture = signal<WholePicture | undefined>(undefined);
  readonly sound = signal<WholeSound | undefined>(undefined);
  /** Cells of the picture's grid, row-major. */
  readonly cells = signal<ReadonlySet<number>>(new Set());
  /** Columns of the sound's grid. */
  readonly columns = signal<ReadonlySet<number>>(new Set());

  readonly isMissing = computed(
    () => !this.picture.value || !this.sound.value || this.cells.value.size + this.columns.value.size > 0,
  );

  setPicture(picture: WholePicture | undefined): void {
    this.picture.value = picture;
    this.cells.value = new Set();
  }

  setSound(sound: WholeSound | undefined): void {
    this.sound.value = sound;
    this.columns.value = new Set();
  }

  /** What is left, −1 where it is rubbed out. `columns` of the sound's grid. */
  canvas(columns: number): Tokens {
    const picture = this.picture.value?.tokens.map((token, at) => (this.cells.value.has(at) ? -1 : token));
    const sound = this.sound.value?.tokens.map((token, at) =>
      this.columns.value.has(at % columns) ? -1 : token,
    );
    return { ...(picture && { image: picture }), ...(sound && { audio: sound }) };
  }
}

/** A set with one more or one fewer. */
export function withMember(set: ReadonlySet<number>, member: number, isIn: boolean): ReadonlySet<number> {
  const next = new Set(set);
  if (isIn) next.add(member);
  else next.delete(member);
  return next;
}
