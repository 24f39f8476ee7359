import baby from '@visual-echoes/model-sounds/samples/baby.png?url';
import chainsaw from '@visual-echoes/model-sounds/samples/chainsaw.png?url';
import clock from '@visual-echoes/model-sounds/samples/clock.png?url';
import dog from '@visual-echoes/model-sounds/samples/dog.png?url';
import dogSound from '@visual-echoes/model-sounds/samples/dog.wav?url';
import fire from '@visual-echoes/model-sounds/samples/fire.png?url';
import helicopter from '@visual-echoes/model-sounds/samples/helicopter.png?url';
import rain from '@visual-echoes/model-sounds/samples/rain.png?url';
import rooster from '@visual-echoes/model-sounds/samples/rooster.png?url';
import roosterSound from '@visual-echoes/model-sounds/samples/rooster.wav?url';
import seaWaves from '@visual-echoes/model-sounds/samples/sea-waves.png?url';
import seaWavesSound from '@visual-echoes/model-sounds/samples/sea-waves.wav?url';
import sneeze from '@visual-echoes/model-sounds/samples/sneeze.png?url';
import type { AboutModel } from './about-model.js';

/** Coloured drawings, 128×128, in the order of the classes. */
const PICTURES = [
  { name: 'baby', url: baby },
  { name: 'chainsaw', url: chainsaw },
  { name: 'clock', url: clock },
  { name: 'dog', url: dog },
  { name: 'fire', url: fire },
  { name: 'helicopter', url: helicopter },
  { name: 'rain', url: rain },
  { name: 'rooster', url: rooster },
  { name: 'sea waves', url: seaWaves },
  { name: 'sneeze', url: sneeze },
];

/** Of five seconds. */
const RECORDINGS = [
  { name: 'dog', url: dogSound },
  { name: 'rooster', url: roosterSound },
  { name: 'sea waves', url: seaWavesSound },
];

/** Everyday things, drawn and heard. */
export const SOUNDS: AboutModel = {
  id: 'sounds',
  name: 'Everyday things',
  title: 'Visual Echoes of everyday things',
  heading: ['Draw a dog, hear it bark.', 'Let it bark, see it drawn.'],
  intro:
    'One small network does both, for ten everyday things, here in your browser. Nothing is sent anywhere.',
  noun: 'thing',
  words: {
    imageToAudio: { hint: 'Draw one of the ten things here, or go on with this one.' },
    audioToImage: { does: 'Record', hint: 'Record one of the ten things, or go on with this one.' },
  },
  heard: 'what is heard',
  hasVoices: false,
  footer: {
    works:
      'A picture becomes a grid of 64 tokens, each one of a small vocabulary of shapes and colours. Five seconds of sound become another 130. One transformer has learnt to fill in whatever is missing of both, a few tokens at a time. Which half is given decides whether it sounds, draws, dreams or repairs.',
    knows:
      'Ten things, as drawings and as sounds: a baby, a chainsaw, a clock, a dog, a fire, a helicopter, rain, a rooster, sea waves and a sneeze. Whatever else it is given, it takes for one of them.',
    sources: 'The drawings are of free icon sets and of the Open Clip Art Library, the sounds of ESC-10',
    given: 'draw or record',
  },
  samples: {
    pictures: PICTURES,
    sounds: RECORDINGS,
    first: { picture: PICTURES[3], sound: RECORDINGS[0] },
  },
  // Four times the model's own; and a stroke as thin as the lines of drawings.
  sheet: { kind: 'photo', side: 256, stroke: 0.03 },
  longestRecording: 6, // a sound takes five seconds
  grids: { image: [8, 8], audio: [5, 26] },
};
