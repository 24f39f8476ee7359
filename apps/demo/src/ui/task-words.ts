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
  /** One sentence above what is to be given; the model's own, where it is left out. */
  hint?: string;
  /** Of the picture and the sound: is it given, made, or partly both? */
  picture: 'given' | 'made' | 'part';
  sound: 'given' | 'made' | 'part';
}
