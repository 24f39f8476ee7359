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
import type { AboutModel } from './about-model.js';

/** Light on dark, 28×28, in the order of the classes. */
const PICTURES = [
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

const SOUNDS = [
  { name: 'seven', url: sevenByNicolas },
  { name: 'three', url: threeByJackson },
  { name: 'zero', url: zeroByTheo },
];

/** Digits, written by hand and spoken. */
export const DIGITS: AboutModel = {
  id: 'digits',
  name: 'Digits',
  title: 'Visual Echoes',
  heading: ['Draw a digit, hear its name.', 'Say one, see it drawn.'],
  intro: 'One small network does both, here in your browser. Nothing is sent anywhere.',
  noun: 'digit',
  words: {
    imageToAudio: { hint: 'Draw a digit here, or go on with this one.' },
    audioToImage: { hint: 'Say a digit in English, “seven” for one.' },
  },
  heard: 'what is said',
  hasVoices: true,
  footer: {
    works:
      'A picture becomes a grid of 64 tokens, each one of a small vocabulary of shapes. A second of sound becomes another 64. One transformer has learnt to fill in whatever is missing of both, a few tokens at a time. Which half is given decides whether it speaks, draws, dreams or repairs.',
    knows:
      'Ten English digits, written by hand and spoken by six people. Whatever else it is given, it takes for one of them. About three in a hundred come out as another digit.',
    sources: 'The digits are of MNIST, the voices of the Free Spoken Digit Dataset',
    given: 'draw or say',
  },
  samples: {
    pictures: PICTURES,
    sounds: SOUNDS,
    first: { picture: PICTURES[7], sound: SOUNDS[0] },
  },
  // Four times the model's own, so that its preprocessing has something to average; and the stroke of MNIST.
  sheet: { kind: 'ink', side: 112, stroke: 0.08 },
  longestRecording: 4, // a digit takes one second
  grids: { image: [8, 8], audio: [8, 8] },
};
