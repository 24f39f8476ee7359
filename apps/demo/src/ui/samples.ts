import eight from '@visual-echoes/model-digits/samples/eight.png?url';
import five from '@visual-echoes/model-digits/samples/five.png?url';
import four from '@visual-echoes/model-digits/samples/four.png?url';
import nine from '@visual-echoes/model-digits/samples/nine.png?url';
import one from '@visual-echoes/model-digits/samples/one.png?url';
import seven from '@visual-echoes/model-digits/samples/seven.png?url';
import sevenByNicolas from '@visual-echoes/model-digits/samples/seven-nicolas.wav?url';
import six from '@visual-echoes/model-digits/samples/six.png?url';
import three from '@visual-echoes/model-digits/samples/three.png?url';
import threeByJackson from '@visual-echoes/model-digits/samples/three-jackson.wav?url';
import two from '@visual-echoes/model-digits/samples/two.png?url';
import zero from '@visual-echoes/model-digits/samples/zero.png?url';
import zeroByTheo from '@visual-echoes/model-digits/samples/zero-theo.wav?url';
import type { Picture, Waveform } from 'visual-echoes';
import { readPicture } from '../media/read-picture.js';
import { readSound } from '../media/read-sound.js';
import { StudioError } from '../studio/studio-error.js';

export interface Sample {
  name: string;
  url: string;
}

/** Handwritten digits, 28×28, light on dark. */
export const SAMPLE_PICTURES: readonly Sample[] = [
  { name: 'zero', url: zero },
  { name: 'one', url: one },
  { name: 'two', url: two },
  { name: 'three', url: three },
  { name: 'four', url: four },
  { name: 'five', url: five },
  { name: 'six', url: six },
  { name: 'seven', url: seven },
  { name: 'eight', url: eight },
  { name: 'nine', url: nine },
];

/** Spoken digits. */
export const SAMPLE_SOUNDS: readonly Sample[] = [
  { name: 'seven', url: sevenByNicolas },
  { name: 'three', url: threeByJackson },
  { name: 'zero', url: zeroByTheo },
];

export const pictureOf = async ({ url }: Sample): Promise<Picture> => readPicture(await load(url));

export const soundOf = async ({ url }: Sample): Promise<Waveform> => readSound(await load(url));

async function load(url: string): Promise<Blob> {
  const answer = await fetch(url).catch(() => undefined);
  if (answer?.ok) return answer.blob();
  throw new StudioError('file-access', 'The sample could not be loaded. Try again when you are online.');
}
