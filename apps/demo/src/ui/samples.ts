import type { Picture, Waveform } from 'visual-echoes';
import { readPicture } from '../media/read-picture.js';
import { readSound } from '../media/read-sound.js';
import { StudioError } from '../studio/studio-error.js';

/** A picture or a sound to begin with. */
export interface Sample {
  name: string;
  url: string;
}

export const pictureOf = async ({ url }: Sample): Promise<Picture> => readPicture(await load(url));

export const soundOf = async ({ url }: Sample): Promise<Waveform> => readSound(await load(url));

async function load(url: string): Promise<Blob> {
  const answer = await fetch(url).catch(() => undefined);
  if (answer?.ok) return answer.blob();
  throw new StudioError('file-access', 'The sample could not be loaded. Try again when you are online.');
}
