import { throwIfCancelled, VisualEchoesError } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { GenerateOptions, VisualEchoes } from 'visual-echoes';
import type { FeatureNetwork } from '../features/feature-network.js';
import type { EvaluationData } from './evaluation-data.js';
import type { Example } from './example.js';
import type { Judgement } from './judge.js';
import type { Judges } from './judges.js';

/** What every measurement works with. */
export interface EvaluationContext {
  model: VisualEchoes;
  judges: Judges;
  data: EvaluationData;
  real: RealJudgements;
  /** In whose features distances are measured. */
  features: readonly FeatureNetwork[];
  seed: number;
  /** Sampling options over the model folder's. */
  sampling: GenerateOptions;
  /** Pairs of the co-generation. */
  pairs: number;
  signal: AbortSignal | undefined;
  /** Receives a share of the task, 0 to 1, that never goes back. */
  onProgress: (share: number) => void;
  /** Receives samples to look at. */
  onSamples: (name: string, samples: readonly (Picture | Mel)[]) => Promise<void>;
  /** Receives a few of them with what they were made of. */
  onExamples: (task: string, examples: readonly Example[]) => Promise<void>;
}

/** What the classifiers make of real data, each asked once and only where it is needed. */
export class RealJudgements {
  private readonly judges: Judges;
  private readonly data: EvaluationData;
  private readonly asked = new Map<string, Promise<Judgement>>();

  constructor(judges: Judges, data: EvaluationData) {
    this.judges = judges;
    this.data = data;
  }

  pictures(): Promise<Judgement> {
    return this.once('pictures', () => this.judges.judgePictures(this.data.pictures.media));
  }

  sounds(): Promise<Judgement> {
    return this.once('sounds', () => this.judges.judgeSounds(this.data.sounds.media));
  }

  /** How many of the real pictures the classifier names right. */
  async pictureAccuracy(): Promise<number> {
    return share(hits(this.data.pictures.digits, (await this.pictures()).classes));
  }

  /** How many of the real sounds the classifier names right. */
  async soundAccuracy(): Promise<number> {
    return share(hits(this.data.sounds.digits, (await this.sounds()).classes));
  }

  private once(name: string, ask: () => Promise<Judgement>): Promise<Judgement> {
    const answer = this.asked.get(name) ?? ask();
    this.asked.set(name, answer);
    return answer;
  }
}

export const generating = ({ seed, sampling, signal, onProgress }: EvaluationContext) => ({
  ...sampling,
  seed,
  signal,
  onProgress,
});

/** The same, reporting as the part `from`..`to` of a task. */
export const partOf = (context: EvaluationContext, from: number, to: number): EvaluationContext => ({
  ...context,
  onProgress: (share) => context.onProgress(from + share * (to - from)),
});

/** What can be brought to the model's form, and which of the media could be. */
export async function prepared<A, B>(
  { signal, onProgress }: Pick<EvaluationContext, 'signal' | 'onProgress'>,
  media: readonly A[],
  prepare: (one: A, index: number) => B | Promise<B>,
) {
  const ready: B[] = [];
  const found: boolean[] = [];
  for (const [i, one] of media.entries()) {
    throwIfCancelled(signal);
    onProgress(i / media.length);
    try {
      ready.push(await prepare(one, i));
      found.push(true);
    } catch (error) {
      if (!(error instanceof VisualEchoesError)) throw error;
      found.push(false);
    }
  }
  return { ready, found };
}

/** Whether each input became its digit; `named` has entries only for what was `found`. */
export function hits(
  digits: ArrayLike<number>,
  named: ArrayLike<number>,
  found?: readonly boolean[],
): boolean[] {
  let next = 0;
  return Array.from(digits, (digit, i) => (found?.[i] ?? true) && named[next++] === digit);
}

/** Of which it is true. */
export const share = (list: readonly boolean[]) => list.filter(Boolean).length / list.length;
