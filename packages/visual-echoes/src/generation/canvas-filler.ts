import { type Canvas, ConfigurationError } from '@visual-echoes/core';
import type { MaskedTransformer } from '@visual-echoes/masked-transformer';
import { type SampleOptions, type SampleStep, sample, sampleSteps } from '@visual-echoes/sampler';
import type { ModelManifest, TaskName } from '../model-folder/manifest.js';
import type { ClassReader } from './class-reader.js';
import { type GenerateOptions, toSampleOptions } from './generate-options.js';

/** A canvas and the seed that it is filled by. */
export interface SeededCanvas {
  canvas: Canvas;
  seed: number;
}

/** Fills canvases with a transformer, by the settings that its model folder has for each task. */
export class CanvasFiller {
  /** Calls that overlap take turns, so that the media of one are made while another is filled. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly transformer: MaskedTransformer,
    private readonly classes: ClassReader,
    private readonly manifest: Pick<ModelManifest, 'sampling' | 'classes' | 'voices'>,
  ) {}

  /** Yields after every step and returns the finished canvases. */
  steps(
    task: TaskName,
    items: readonly SeededCanvas[],
    options: GenerateOptions,
  ): AsyncGenerator<SampleStep, Canvas[], undefined> {
    return sampleSteps(this.transformer, this.request(task, items, options));
  }

  /** The finished canvases, once it is this call's turn. */
  fill(
    task: TaskName,
    items: readonly SeededCanvas[],
    { onStep, ...options }: GenerateOptions,
  ): Promise<Canvas[]> {
    const filled = this.turn.then(() =>
      sample(this.transformer, { ...this.request(task, items, options), ...(onStep && { onStep }) }),
    );
    this.turn = filled.catch(() => undefined);
    return filled;
  }

  private request(task: TaskName, items: readonly SeededCanvas[], options: GenerateOptions): SampleOptions {
    const canvases = items.map(({ canvas }) => canvas);
    return {
      ...this.settings(task, canvases, options),
      canvases,
      seed: items.map(({ seed }) => seed),
      ...(options.signal && { signal: options.signal }),
    };
  }

  /** What of it is settings: the caller's over the model folder's. */
  private settings(task: TaskName, given: readonly Canvas[], options: GenerateOptions): SampleOptions {
    const { sampling, classes, voices } = this.manifest;
    const own = sampling[task];
    const names = this.transformer.fields.map(({ name }) => name);
    const settings = toSampleOptions(own, options, names);
    if (!(options.rejection ?? own?.rejection)) return settings;
    if (!classes) {
      throw new ConfigurationError(
        'The model knows no classes by which a result could be rejected; leave rejection (--attempts) out.',
      );
    }
    const { field } = classes;
    const { threshold = 1, attempts } = { ...own?.rejection, ...(options.rejection || {}) };
    const score = (made: readonly Canvas[], samples: readonly number[]) => {
      const before = samples.map((i) => given[i]);
      return this.classes.agreement(made, before, field, options);
    };
    const keep = [field, ...(voices ? [voices.field] : [])];
    return { ...settings, rejection: { score, threshold, attempts, keep } };
  }
}
