import { type Canvas, UNKNOWN } from '@visual-echoes/core';
import { copyCanvas } from './copy-canvas.js';
import type { FieldFilling } from './field-filling.js';
import type { Logits } from './predictor.js';

/** One sample on its way through the stages. */
export class SampleFilling {
  /** How many steps it takes. */
  readonly steps: number;
  private readonly stages: FieldFilling[][]; // what is left to fill; the first stage is the current one
  private readonly conditions: readonly string[];
  private condition: [field: string, positions: number[]][] = []; // the known tokens that guidance hides

  /**
   * @param canvas filled in place.
   * @param conditions the fields that guidance hides; all of which any token is known, where left out.
   */
  constructor(
    readonly canvas: Canvas,
    stages: readonly FieldFilling[][],
    conditions?: readonly string[],
  ) {
    this.stages = stages
      .map((stage) => stage.filter(({ isFilled }) => !isFilled))
      .filter(({ length }) => length > 0);
    this.steps = this.stages.reduce((sum, stage) => sum + Math.max(...stage.map(({ steps }) => steps)), 0);
    this.conditions = conditions ?? Object.keys(canvas).filter((name) => known(canvas[name]).length > 0);
    this.findCondition();
  }

  get isFilled(): boolean {
    return this.stages.length === 0;
  }

  /** The fields that the next step fills. */
  get fields(): string[] {
    return this.stages[0].map(({ field }) => field.name);
  }

  /** The canvas with the condition masked; undefined where the next step is not guided. */
  unconditional(): Canvas | undefined {
    if (this.condition.length === 0 || this.stages[0].every(({ scale }) => scale === 1)) return undefined;
    const canvas = copyCanvas(this.canvas);
    for (const [name, positions] of this.condition) {
      for (const position of positions) canvas[name][position] = UNKNOWN;
    }
    return canvas;
  }

  /** Fixes the tokens of one step (see `FieldFilling.fill`); returns their positions by field. */
  fill(logits: Logits, row: number, unconditionalRow: number): Record<string, Int32Array> {
    const fixed = this.stages[0].map((filling): [string, Int32Array] => {
      const { name } = filling.field;
      return [name, filling.fill(logits[name], row, unconditionalRow)];
    });
    this.stages[0] = this.stages[0].filter(({ isFilled }) => !isFilled);
    if (this.stages[0].length === 0) {
      this.stages.shift();
      this.findCondition();
    }
    return Object.fromEntries(fixed);
  }

  private findCondition(): void {
    this.condition = this.conditions
      .map((name): [string, number[]] => [name, known(this.canvas[name])])
      .filter(([, positions]) => positions.length > 0);
  }
}

const known = (tokens: Int32Array) => [...tokens.keys()].filter((position) => tokens[position] !== UNKNOWN);
