import type { TaskName } from 'visual-echoes';
import type { AboutModel } from './models/about-model.js';
import type { TaskWords } from './task-words.js';

export const TASKS: Record<TaskName, TaskWords> = {
  imageToAudio: {
    slug: 'draw',
    does: 'Draw',
    gives: 'hear',
    button: 'Hear it',
    busy: 'Listening to the picture',
    picture: 'given',
    sound: 'made',
  },
  audioToImage: {
    slug: 'speak',
    does: 'Speak',
    gives: 'see',
    button: 'See it',
    busy: 'Picturing the sound',
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

/** What the page says of a task with a model. */
export const wordsOf = (task: TaskName, { words }: AboutModel): TaskWords => ({
  ...TASKS[task],
  ...words[task],
});

export const TASK_NAMES = Object.keys(TASKS) as TaskName[];
