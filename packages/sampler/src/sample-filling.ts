import { type Canvas, UNKNOWN } from '@visual-echoes/core';
import { copyCanvas } from './copy-canvas.js';
import type { FieldFilling } from './field-filling.js';

/** A stage of one sample. */
export interface StageFilling {
  /** What is left to fill. */
  fillings: FieldFilling[];
  /** The fields that the predictor sees; all where left out. */
  seen?: readonly string[];
}

/** One sample on its way through the stages. */
export class SampleFilling {
  /** How many steps it takes. */
  readonly steps: number;
  private readonly stages: StageFilling[]; // that are not filled; the first is the current one
  private readonly conditions: readonly string[];
  private step = 0; // of the current stage
  private condition: [field: string, positions: number[]][] = []; // the known tokens that guidance hides

  /**
   * @param canvas filled in place.
   * @param conditions the fields that guidance hides; all of which any token is known, where left out.
   * @param views what stands in the place of known fields when the predictor is asked once more.
   */
  constructor(
    readonly canvas: Canvas,
    stages: readonly StageFilling[],
    conditions?: readonly string[],
    private readonly views: readonly Partial<Canvas>[] = [],
  ) {
    this.stages = stages.map(unfilled).filter(({ fillings }) => fillings.length > 0);
    this.steps = this.stages.reduce(
      (sum, { fillings }) => sum + Math.max(...fillings.map(({ lastTurn }) => lastTurn)),
      0,
    );
    this.conditions = conditions ?? Object.keys(canvas).filter((name) => known(canvas[name]).length > 0);
    this.findCondition();
  }

  get isFilled(): boolean {
    return this.stages.length === 0;
  }

  /** The fields that the predictor sees in the next step; undefined for all. */
  get seen(): readonly string[] | undefined {
    return this.stages[0].seen;
  }

  /** Copies of what the predictor sees in the next step: the canvas, and each view of it. */
  conditional(): Canvas[] {
    const { seen, canvas } = this;
    return [{}, ...this.views].map((view) => {
      const viewed = { ...canvas, ...view } as Canvas;
      return copyCanvas(seen ? Object.fromEntries(seen.map((name) => [name, viewed[name]])) : viewed);
    });
  }

  /** The same with the condition masked; nothing where the next step is not guided. */
  unconditional(): Canvas[] {
    const { fillings } = this;
    const { seen } = this.stages[0];
    const hidden = this.condition.filter(([name]) => !seen || seen.includes(name));
    if (hidden.length === 0 || fillings.every(({ scale }) => scale === 1)) return [];
    return this.conditional().map((canvas) => {
      for (const [name, positions] of hidden) {
        for (const position of positions) canvas[name][position] = UNKNOWN;
      }
      return canvas;
    });
  }

  /** What the next step fills; nothing where it is for fields that this sample knows already. */
  get fillings(): readonly FieldFilling[] {
    return this.stages[0].fillings.filter((filling) => filling.hasTurn(this.step));
  }

  /** Fixes the tokens of one step, each field's by `fillField`, which returns their positions; returns those by field. */
  fill(fillField: (filling: FieldFilling) => Int32Array): Record<string, Int32Array> {
    const fixed = this.fillings.map((filling) => [filling.field.name, fillField(filling)] as const);
    this.stages[0] = unfilled(this.stages[0]);
    this.step++;
    if (this.stages[0].fillings.length === 0) {
      this.stages.shift();
      this.step = 0;
      this.findCondition();
    }
    return Object.fromEntries(fixed);
  }

  /** Lets a step pass in which nothing of this sample is filled. */
  wait(): void {
    this.step++;
  }

  private findCondition(): void {
    this.condition = this.conditions
      .map((name): [string, number[]] => [name, known(this.canvas[name])])
      .filter(([, positions]) => positions.length > 0);
  }
}

const unfilled = (stage: StageFilling): StageFilling => ({
  ...stage,
  fillings: stage.fillings.filter(({ isFilled }) => !isFilled),
});

const known = (tokens: Int32Array) => [...tokens.keys()].filter((position) => tokens[position] !== UNKNOWN);
