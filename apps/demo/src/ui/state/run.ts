import { computed, signal } from '@preact/signals';
import type { Mel, Picture } from 'visual-echoes';
import type { Generated, GenerateRequest, StepReport, Tokens } from '../../studio/protocol.js';
import type { Studio } from '../../studio/studio.js';
import { stillness } from './theme.js';

/** A canvas, and its picture and mel as far as they are there. */
export interface Look {
  tokens: Tokens;
  picture?: Picture | undefined;
  mel?: Mel | undefined;
}

/** Milliseconds that a step stands at least, and all of them at most. */
const PACE = { step: 140, all: 1400 };

/** One generation: its steps as they come, the one that is shown, and its results. */
export class Run {
  readonly reports = signal<readonly StepReport[]>([]);
  readonly results = signal<readonly Generated[] | undefined>(undefined);
  /** The step that is shown: 0 is what was given. */
  readonly shown = signal(0);
  readonly steps = computed(() => this.reports.value.at(-1)?.steps ?? this.request.controls.steps ?? 1);
  readonly isAtEnd = computed(() => this.results.value !== undefined && this.shown.value >= this.steps.value);
  /** Whether the results have been shown once; from then on they can be played and saved, whichever step is shown. */
  readonly isRevealed = signal(false);
  /** Views of steps that came without one, by `step/variation`. */
  private readonly views = signal<ReadonlyMap<string, Look>>(new Map());
  private readonly asked = new Set<string>();
  /** Whether the step that is shown moves on with the generation; not once the visitor has chosen one. */
  private isFollowing = true;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private whenRevealed: (() => void) | undefined;

  constructor(
    readonly request: GenerateRequest,
    /** What was given. */
    readonly start: Look,
    private readonly studio: Pick<Studio, 'view'>,
  ) {}

  hear(report: StepReport): void {
    this.reports.value = [...this.reports.value, report];
    this.follow();
  }

  /** Resolves when the last step is shown. */
  finish(results: readonly Generated[]): Promise<void> {
    this.results.value = results;
    return new Promise((resolve) => {
      this.whenRevealed = resolve;
      this.follow();
    });
  }

  /** Shows a step, and follows no longer. */
  show(step: number): void {
    this.isFollowing = false;
    this.settle();
    this.shown.value = step;
  }

  /** Shows all steps once more, from the start. */
  replay(): void {
    this.settle();
    this.isFollowing = true;
    this.shown.value = 0;
    this.follow();
  }

  /** What is there of a variation at a step; its picture and mel may be those of an earlier one, where it has none yet. */
  look(variation: number, step = this.shown.value): Look {
    const done = this.results.value?.[variation];
    if (done && step >= this.steps.value) return done;
    const tokens = this.reports.value[step - 1]?.variations[variation]?.tokens ?? this.start.tokens;
    for (let at = step; at > 0; at--) {
      const view = this.viewOf(variation, at);
      if (view) return { picture: view.picture, mel: view.mel, tokens };
    }
    return { ...this.start, tokens };
  }

  /** Has the model make the picture and mel of a step, where it came without; once there are results. */
  async complete(variation: number, step = this.shown.value): Promise<void> {
    const report = this.reports.value[step - 1]?.variations[variation];
    const key = keyOf(variation, step);
    if (!this.results.value || !report || this.viewOf(variation, step) || this.asked.has(key)) return;
    this.asked.add(key);
    const view = await this.studio.view(report.tokens).catch(() => undefined);
    if (view) this.views.value = new Map(this.views.value).set(key, view);
  }

  /** Completes the steps of the first variation, one after the other, until the model is wanted for something else. */
  async completeAll(isWanted: () => boolean): Promise<void> {
    for (let step = 1; step <= this.reports.value.length && !isWanted(); step++) await this.complete(0, step);
  }

  private viewOf(variation: number, step: number): Look | undefined {
    const report = this.reports.value[step - 1]?.variations[variation];
    return report?.view ?? this.views.value.get(keyOf(variation, step));
  }

  private follow(): void {
    if (this.timer !== undefined) return;
    if (!this.isFollowing) {
      this.settle();
      return;
    }
    const reached = this.reports.value.length;
    if (stillness.matches && this.results.value) this.shown.value = this.steps.value;
    if (this.shown.value < reached) {
      const pace = Math.min(PACE.step, PACE.all / this.steps.value);
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.shown.value = Math.min(this.shown.value + 1, reached);
        this.follow();
      }, pace);
    } else if (this.results.value) {
      this.shown.value = this.steps.value;
      this.settle();
    }
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.results.value) this.isRevealed.value = true;
    this.whenRevealed?.();
    this.whenRevealed = undefined;
  }
}

const keyOf = (variation: number, step: number) => `${step}/${variation}`;
