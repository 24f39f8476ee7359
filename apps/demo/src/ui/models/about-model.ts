import type { TaskName } from 'visual-echoes';
import type { Sample } from '../samples.js';
import type { TaskWords } from '../task-words.js';

/** What the page says of a model, and how it takes what is given, before the model itself is there. */
export interface AboutModel {
  /** As an address names it, `?model=`, and its folder under `model/`. */
  id: string;
  /** In the choice of models. */
  name: string;
  /** Before the task, in the title of the window. */
  title: string;
  /** Two lines. */
  heading: readonly [string, string];
  intro: string;
  /** What each of its classes is: a `digit`. Also the name of a file that has no better one. */
  noun: string;
  /** What it says otherwise of a task, and its hints. */
  words: Partial<Record<TaskName, Partial<TaskWords>>>;
  /** The sound that is given, in words: `what is said`. */
  heard: string;
  hasVoices: boolean;
  footer: {
    works: string;
    knows: string;
    sources: string;
    /** What the visitor does: `draw or say`. */
    given: string;
  };
  samples: {
    pictures: readonly Sample[];
    sounds: readonly Sample[];
    /** What lies there at first. */
    first: { picture: Sample; sound: Sample };
  };
  sheet: {
    /**
     * `ink`: what is drawn is given in grey, light on dark, and the model's own pictures are ink to go on drawing on.
     * `photo`: it is given as dark ink on white paper, in colour, and the model's own pictures lie there as they are.
     */
    kind: 'ink' | 'photo';
    /** Pixels of the side of a drawing that the model is given. */
    side: number;
    /** The width of a stroke, in shares of the side. */
    stroke: number;
  };
  /** Seconds after which a recording ends by itself. */
  longestRecording: number;
  /** Rows and columns of its tokens. */
  grids: Record<'image' | 'audio', readonly [rows: number, columns: number]>;
}
