import type { Waveform } from '../wav/waveform.js';
import { type ClipPreprocessing, prepareClip } from './prepare-clip.js';
import { prepareSpeech, type SpeechPreprocessing } from './prepare-speech.js';

/** How a model folder says that sounds become clips. */
export type SoundPreprocessing =
  | ({ type: 'speech' } & SpeechPreprocessing)
  | ({ type: 'clip' } & ClipPreprocessing);

/** A sound as people bring it → the clip that a model takes, `[samples]`, by what its folder says. */
export const prepareSound = (sound: Waveform, how: SoundPreprocessing): Promise<Float32Array> =>
  how.type === 'speech' ? prepareSpeech(sound, how) : prepareClip(sound, how);
