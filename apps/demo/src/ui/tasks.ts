import type { TaskName } from 'visual-echoes';

/** What the page says of a task. */
export interface TaskWords {
  /** As it stands in the address, behind the `#`. */
  slug: string;
  /** What the visitor does, and what comes of it. */
  does: string;
  gives: string;
  /** The one clear button, and what it says while the model is at it. */
  button: string;
  busy: string;
  /** One sentence above what is to be given. */
  hint: string;
  /** Of the picture and the sound: is it given, made, or partly both? */
  picture: 'given' | 'made' | 'part';
  sound: 'given' | 'made' | 'part';
}

export const TASKS: Record<TaskName, TaskWords> = {
  imageToAudio: {
    slug: 'draw',
    does: 'Draw',
    gives: 'hear',
    button: 'Hear it',
    busy: 'Listening to the picture',
    hint: 'Draw a digit here, or go on with this one.',
    picture: 'given',
    sound: 'made',
  },
  audioToImage: {
    slug: 'speak',
    does: 'Speak',
    gives: 'see',
    button: 'See it',
    busy: 'Picturing the sound',
    hint: 'Say a digit in English, “seven” for one.',
    picture: 'made',
    sound: 'given',
  },
  coGenerate: {
    slug: 'dream',
    does: 'Dream',
    gives: 'both',
    button: 'Dream',
    busy: 'Dreaming',
    hint: 'Give nothing, or only a wish: picture and sound are made up together.',
    picture: 'made',
    sound: 'made',
  },
  complete: {
    slug: 'repair',
    does: 'Repair',
    gives: 'the rest',
    button: 'Repair it',
    busy: 'Filling in what is missing',
    hint: 'Rub out parts of the picture or of the sound, and have them filled in.',
    picture: 'part',
    sound: 'part',
  },
};

export const TASK_NAMES = Object.keys(TASKS) as TaskName[];
