import { type Canvas, positionsOf, ShapeError, type TokenField, throwIfCancelled } from '@visual-echoes/core';
import { averageRows } from './average-rows.js';
import { checkOptions, checkPlanned, checkViews, startCanvases } from './check-options.js';
import { copyCanvas } from './copy-canvas.js';
import { FieldFilling } from './field-filling.js';
import { asStage, type SampleOptions, type SampleStep, sampleSeeds } from './options.js';
import { confidence } from './order.js';
import { forField } from './per-field.js';
import { isPlanned } from './plan.js';
import type { Logits, Predictor } from './predictor.js';
import { SampleFilling } from './sample-filling.js';
import { StepDraws } from './step-draws.js';
import { TokenDrawer } from './token-drawer.js';

/** One pass of `sampleSteps`: every sample is filled once, whatever `rejection` says, and `onStep` is not called. */
export async function* fillSteps(
  predictor: Predictor,
  {
    canvases: given,
    views = [],
    count,
    steps: givenSteps,
    order = confidence(),
    schedule: givenSchedule,
    plan,
    guidance: { scale = 1, growth = 'constant', interval = [0, 1] as const, fields: conditions } = {},
    temperature = 1,
    topK,
    topP,
    seed = 0,
    stages: givenStages,
    signal,
  }: SampleOptions,
): AsyncGenerator<SampleStep, Canvas[], undefined> {
  const { fields } = predictor;
  const canvases = startCanvases(fields, { canvases: given, count });
  checkViews(fields, canvases, views);
  checkPlanned(fields, { plan, steps: givenSteps, schedule: givenSchedule, stages: givenStages });
  const { steps, schedule, stages } = {
    steps: givenSteps ?? 16,
    schedule: givenSchedule ?? order.schedule,
    // All at once: those that a plan names, where there is one.
    stages: givenStages ?? [fields.map(({ name }) => name).filter((name) => !plan || isPlanned(plan, name))],
  };
  const guidance = { scale, growth, interval, fields: conditions };
  checkOptions(fields, { steps, order, schedule, guidance, temperature, topK, topP, stages });
  const seeds = sampleSeeds(seed, canvases.length);

  const drawers = new Map(fields.map(({ name, vocabulary }) => [name, new TokenDrawer(vocabulary)]));
  const samples = canvases.map((canvas, i) => {
    const fill = (name: string) => {
      const field = fields.find((candidate) => candidate.name === name)!;
      const settings = {
        steps: forField(steps, name) ?? 16,
        schedule,
        order,
        scale: forField(scale, name) ?? 1,
        growth,
        interval,
        plan,
        temperature: forField(temperature, name) ?? 1,
        topK: forField(topK, name),
        topP: forField(topP, name),
      };
      return new FieldFilling(field, canvas[name], settings, drawers.get(name)!, seeds[i]);
    };
    return new SampleFilling(
      canvas,
      stages.map(asStage).map(({ fill: names, given }) => ({
        fillings: names.map(fill),
        seen: given && fields.map(({ name }) => name).filter((name) => [...names, ...given].includes(name)),
      })),
      conditions,
      views[i],
    );
  });
  const total = Math.max(0, ...samples.map((one) => one.steps));

  for (let step = 1; step <= total; step++) {
    if (signal) await new Promise((resolve) => setTimeout(resolve)); // a turn for whatever may fire the signal
    throwIfCancelled(signal);
    const fixed: Record<string, Int32Array>[] = samples.map(() => ({}));
    const waiting = samples.filter((one) => !one.isFilled && one.fillings.length === 0);
    for (const alike of groupBySight(samples)) {
      // Rows for each sample and its views, and behind them those of the guided ones again; equal ones are one.
      const rows = new Rows();
      const conditional = alike.map((i) => rows.add(samples[i].conditional()));
      const unconditional = alike.map((i) => rows.add(samples[i].unconditional()));
      const isViewed = [...conditional, ...unconditional].some((found) => found.length > 1);
      const fillings = alike.flatMap((i) => samples[i].fillings);
      const asked = fields.filter(({ name }) => fillings.some(({ field }) => field.name === name));
      if (predictor.draw && !isViewed && fillings.every(({ drawsByNumbers }) => drawsByNumbers)) {
        const draws = new StepDraws();
        alike.forEach((i, at) => {
          for (const filling of samples[i].fillings)
            draws.add(filling, conditional[at][0], unconditional[at][0] ?? -1);
        });
        const names = asked.map(({ name }) => name);
        const question = draws.all();
        const drawn = await answer(
          () => predictor.draw!(rows.canvases, question, { signal, fields: names }),
          signal,
        );
        for (const i of alike) fixed[i] = samples[i].fill((filling) => draws.fill(filling, drawn));
        continue;
      }
      const logits = await ask(predictor, rows.canvases, asked, signal);
      alike.forEach((i, at) => {
        fixed[i] = samples[i].fill((filling) => {
          const { field } = filling;
          const length = positionsOf(field) * field.vocabulary;
          const averaged = averageRows(logits[field.name], length, [conditional[at], unconditional[at]]);
          return filling.fill(averaged.values, averaged.rows[0], averaged.rows[1] ?? -1);
        });
      });
    }
    for (const one of waiting) one.wait();
    yield { step, steps: total, canvases: canvases.map(copyCanvas), fixed };
  }
  return canvases;
}

/** Different canvases of the same fields. */
class Rows {
  readonly canvases: Canvas[] = [];
  private readonly rowOf = new Map<string, number>();

  /** The rows where canvases equal to these stand, each once. */
  add(canvases: readonly Canvas[]): number[] {
    return [...new Set(canvases.map((canvas) => this.find(canvas)))];
  }

  private find(canvas: Canvas): number {
    const key = Object.values(canvas).join(';');
    const known = this.rowOf.get(key);
    if (known !== undefined) return known;
    this.rowOf.set(key, this.canvases.length);
    return this.canvases.push(canvas) - 1;
  }
}

/** The indices of the samples under way, those together of which the predictor sees the same fields. */
function groupBySight(samples: readonly SampleFilling[]): number[][] {
  const groups = new Map<string, number[]>();
  samples.forEach((one, i) => {
    if (one.isFilled || one.fillings.length === 0) return;
    const key = JSON.stringify(one.seen ?? null);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return [...groups.values()];
}

/** What a predictor answers, unless the signal fires meanwhile. */
async function answer<T>(ask: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    const answered = await ask();
    throwIfCancelled(signal);
    return answered;
  } catch (error) {
    throwIfCancelled(signal); // a predictor that stops at the signal may throw an error of its own
    throw error;
  }
}

/** The logits of `fields` for all rows, their lengths checked. */
async function ask(
  predictor: Predictor,
  rows: readonly Canvas[],
  fields: readonly TokenField[],
  signal?: AbortSignal,
): Promise<Logits> {
  const names = fields.map(({ name }) => name);
  const logits = await answer(() => predictor.predict(rows, { signal, fields: names }), signal);
  for (const field of fields) {
    const length = rows.length * positionsOf(field) * field.vocabulary;
    const found = logits?.[field.name]?.length;
    if (found !== length) {
      throw new ShapeError(
        `The predictor gave ${found === undefined ? 'no' : found} logits for the field "${field.name}"; ${rows.length} canvases × ${positionsOf(field)} positions × ${field.vocabulary} tokens are ${length}.`,
      );
    }
  }
  return logits;
}
