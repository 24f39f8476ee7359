import type { Setting } from './point-settings.js';

/** What an ablation varies, and over which values where none are named. */
export interface AblationKind {
  /** As a heading says it. */
  title: string;
  /** The settings that vary, the horizontal axis first. */
  axes: readonly Setting[];
  values: Partial<Record<Setting, readonly (number | string)[]>>;
}

/**
 * The ablations of the Visual Echoes paper (its section on ablations), and that of the order. Those over `model` take
 * a trained model for each point.
 */
export const ABLATIONS = {
  guidance: {
    title: 'Guidance factor',
    axes: ['guidance'],
    values: { guidance: [1, 1.5, 2, 3, 4, 6] },
  },
  'temperature-steps': {
    title: 'Temperature and steps',
    axes: ['steps', 'temperature'],
    values: { steps: [2, 4, 8, 12, 16], temperature: [0, 0.25, 0.5, 0.75, 1] },
  },
  order: {
    title: 'Order of filling in',
    axes: ['steps', 'order'],
    values: { steps: [2, 4, 8, 12, 16], order: ['halton', 'confidence'] },
  },
  'mask-ratio': { title: 'Mask ratio of training', axes: ['model'], values: {} },
  drop: { title: 'What is dropped in training', axes: ['model'], values: {} },
} as const satisfies Record<string, AblationKind>;

export type AblationName = keyof typeof ABLATIONS;
