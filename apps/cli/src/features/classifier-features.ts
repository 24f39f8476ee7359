import type { Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { Judgement } from '../evaluation/judge.js';
import type { Judges } from '../evaluation/judges.js';
import type { FeatureNetwork, Features } from './feature-network.js';

/** The classifiers that judge as feature networks: their penultimate layers. They are not theirs to dispose of. */
export function classifierFeatures(judges: Judges): FeatureNetwork[] {
  const network = (
    name: string,
    medium: FeatureNetwork['medium'],
    judge: (media: readonly (Picture | Waveform)[]) => Promise<Judgement>,
  ): FeatureNetwork => ({
    name,
    medium,
    embed: async (media) => featuresOf(await judge(media), 'features'),
    classify: async (media) => featuresOf(await judge(media), 'posteriors'),
    dispose: () => {},
  });
  return [
    network('the picture classifier', 'picture', (media) =>
      judges.judgePictures(media as readonly Picture[]),
    ),
    network('the sound classifier', 'sound', (media) => judges.judgeSounds(media as readonly Waveform[])),
  ];
}

/** What a classifier made of media, as features. */
export const featuresOf = (judgement: Judgement, which: 'features' | 'posteriors'): Features => ({
  values: judgement[which],
  dimension: judgement[which].length / Math.max(1, judgement.classes.length),
});
