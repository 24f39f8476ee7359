import { confidence, type GenerateOptions, halton, type TaskName } from 'visual-echoes';
import type { Direction, Point } from './point-settings.js';

/** What a direction is called in a model folder, and its media. */
export const TASK_OF = {
  'image-to-audio': { task: 'imageToAudio', from: 'image', to: 'audio' },
  'audio-to-image': { task: 'audioToImage', from: 'audio', to: 'image' },
} as const satisfies Record<Direction, { task: TaskName; from: string; to: string }>;

/** The steps of the paper: 12 to 20. */
const PAPER_STEPS = 12;

/**
 * The sampling options of a point. By the model's own settings the named ones are those of the medium, and the class and
 * the voice keep theirs. In one stage only the medium is filled: class and voice stay unknown, the other medium is the
 * condition that guidance masks; tokens are drawn at temperature 1 in 12 steps of confidence order with noise of
 * MaskGIT's temperature 4.5, unless something else is named. Nothing is drawn again, which would hide what is compared.
 */
export function pointSampling({
  direction,
  sampling,
  settings: { guidance, temperature, choiceTemperature, steps, order },
}: Pick<Point, 'direction' | 'sampling' | 'settings'>): GenerateOptions {
  const named = order ?? (choiceTemperature === undefined ? undefined : 'confidence');
  const ordered = named && {
    order:
      named === 'halton'
        ? halton()
        : confidence(choiceTemperature === undefined ? {} : { temperature: choiceTemperature }),
  };
  if (sampling === 'model') {
    return { media: { guidance, temperature, steps }, ...ordered, rejection: false };
  }
  const { from, to } = TASK_OF[direction];
  return {
    order: confidence(),
    ...ordered,
    stages: [[to]],
    views: false,
    rejection: false,
    steps: steps ?? PAPER_STEPS,
    temperature: temperature ?? 1,
    guidance: { scale: guidance ?? 1, fields: [from], growth: 'constant', interval: [0, 1] },
  };
}
