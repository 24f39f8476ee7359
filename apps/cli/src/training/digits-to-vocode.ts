import { ConfigurationError } from '@visual-echoes/core';
import type { MelConfig, SpeechPreprocessing } from '@visual-echoes/vq-audio';
import { readFsdd } from '../data/fsdd.js';
import { augmentationOf, digitSoundAugmentation } from './augmentation-file.js';
import type { SoundsToVocode } from './sounds-to-vocode.js';
import { SpokenMels } from './spoken-mels.js';
import type { VocoderFile } from './vocoder-file.js';

/**
 * Spoken digits for the training of a vocoder.
 * @throws FileAccessError, InvalidInputError; ConfigurationError for a training file of other sounds.
 */
export async function digitsToVocode(
  fsdd: string,
  { mel: constants, preprocessing, augmentation }: VocoderFile,
): Promise<SoundsToVocode> {
  if (!preprocessing) {
    throw new ConfigurationError(
      'There is no "preprocessing", which spoken digits need; for other sounds name their folder with --sounds.',
    );
  }
  const mel = constants as unknown as MelConfig;
  const speech = preprocessing as unknown as SpeechPreprocessing;
  const variation = augmentationOf(digitSoundAugmentation, augmentation, 'spoken digits');
  const excerpts = await SpokenMels.prepare(await readFsdd(fsdd, 'train'), mel, speech, variation);
  const held = await SpokenMels.prepare(await readFsdd(fsdd, 'validation'), mel, speech);
  const recordings = Array.from({ length: held.count }, (_, i) => held.plainClip(i));
  const mels = recordings.map((clip) => held.mel.forward(clip));
  return { excerpts, heldBack: { spectrogram: held.mel, recordings, mels } };
}
