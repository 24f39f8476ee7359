/** A class of the data: an everyday thing that is seen and heard. */
export interface Thing {
  /** Of the class's folder. */
  name: string;
  /** The names that it has in ESC-10: its folder in a copy by class, and its category in `meta/esc50.csv`. */
  esc: readonly string[];
  /** Whether the thing in a mirror is the same thing; a clock is not. */
  isMirrored: boolean;
}

/** The ten classes of ESC-10 (Piczak, "ESC: Dataset for Environmental Sound Classification", 2015). */
export const THINGS: readonly Thing[] = [
  { name: 'dog', esc: ['dog_bark', 'dog'], isMirrored: true },
  { name: 'rooster', esc: ['rooster'], isMirrored: true },
  { name: 'baby', esc: ['baby_cry', 'crying_baby'], isMirrored: true },
  { name: 'sneeze', esc: ['person_sneeze', 'sneezing'], isMirrored: true },
  { name: 'clock', esc: ['clock_tick'], isMirrored: false },
  { name: 'rain', esc: ['rain'], isMirrored: true },
  { name: 'sea_waves', esc: ['sea_waves'], isMirrored: true },
  { name: 'fire', esc: ['fire_crackling', 'crackling_fire'], isMirrored: true },
  { name: 'helicopter', esc: ['helicopter'], isMirrored: true },
  { name: 'chainsaw', esc: ['chainsaw'], isMirrored: true },
];

/** Where the data are for. */
export type Split = 'train' | 'test';
export const SPLITS: readonly Split[] = ['train', 'test'];
