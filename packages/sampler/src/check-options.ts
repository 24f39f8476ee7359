import {
  type Canvas,
  ConfigurationError,
  emptyCanvas,
  InvalidInputError,
  type TokenField,
  UNKNOWN,
  validateCanvas,
  validateFields,
} from '@visual-echoes/core';
import { copyCanvas } from './copy-canvas.js';
import { asStage, type SampleOptions } from './options.js';
import { forField, type PerField } from './per-field.js';
import { checkPlan } from './plan.js';
import { scheduleFunction } from './schedule.js';

/** Throws a `ConfigurationError` unless every value of an option passes, and names fields that exist. */
function checkPerField(
  fields: readonly TokenField[],
  option: PerField<number> | undefined,
  label: string,
  rule: string,
  passes: (value: number) => boolean,
): void {
  if (typeof option === 'object' && option !== null) checkNames(fields, Object.keys(option), label);
  for (const { name } of fields) {
    const value = forField(option, name);
    if (value !== undefined && !(typeof value === 'number' && passes(value))) {
      throw new ConfigurationError(`${label} is ${value} for the field "${name}"; it must be ${rule}.`);
    }
  }
}

/** Throws a `ConfigurationError` unless all `names` are those of fields. */
export function checkNames(fields: readonly TokenField[], names: readonly string[], label: string): void {
  for (const name of names) {
    if (!fields.some((field) => field.name === name)) {
      const known = fields.map((field) => field.name).join(', ');
      throw new ConfigurationError(
        `${label} names the field "${name}"; the predictor's fields are ${known}.`,
      );
    }
  }
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;

/** Throws a `ConfigurationError` where options are out of range or name fields that do not exist. */
export function checkOptions(
  fields: readonly TokenField[],
  { steps, order, schedule, guidance, temperature, topK, topP, stages }: SampleOptions,
): void {
  checkPerField(fields, steps, 'steps', 'a whole number of at least 1', isCount);
  checkPerField(fields, temperature, 'temperature', 'a number of at least 0', (t) => t >= 0 && t < Infinity);
  checkPerField(fields, topK, 'topK', 'a whole number of at least 1', isCount);
  checkPerField(fields, topP, 'topP', 'above 0 and at most 1', (p) => p > 0 && p <= 1);
  checkPerField(fields, guidance?.scale, 'guidance.scale', 'a number', Number.isFinite);
  checkNames(fields, guidance?.fields ?? [], 'guidance.fields');
  const growth = guidance?.growth;
  if (growth !== undefined && !['constant', 'linear', 'cosine'].includes(growth)) {
    throw new ConfigurationError(`guidance.growth is "${growth}"; use constant, linear or cosine.`);
  }
  const [from, to] = guidance?.interval ?? [0, 1];
  if (!(from >= 0 && from <= to && to <= 1)) {
    throw new ConfigurationError(`guidance.interval is ${from} to ${to}; it must lie within 0 and 1.`);
  }
  if (order?.name === 'confidence') {
    const rule = 'a number of at least 0';
    checkPerField(fields, order.temperature, "The order's temperature", rule, (t) => t >= 0 && t < Infinity);
  } else if (order?.name !== 'halton') {
    throw new ConfigurationError('order is neither confidence() nor halton().');
  } else if (order.offset !== undefined && !Number.isSafeInteger(order.offset)) {
    throw new ConfigurationError(`The offset of halton is ${order.offset}; it must be a whole number.`);
  }
  if (schedule !== undefined) scheduleFunction(schedule);
  const staged = stages?.flatMap((stage) => asStage(stage).fill) ?? [];
  checkNames(fields, staged, 'stages');
  checkNames(fields, stages?.flatMap((stage) => asStage(stage).given ?? []) ?? [], 'stages');
  const twice = staged.find((name, i) => staged.indexOf(name) !== i);
  if (twice !== undefined)
    throw new ConfigurationError(`stages names the field "${twice}" twice; once fills it.`);
}

/** Throws a `ConfigurationError` where a plan is none, or options beside it say the same in another way. */
export function checkPlanned(
  fields: readonly TokenField[],
  { plan, ...others }: Pick<SampleOptions, 'plan' | 'steps' | 'schedule' | 'stages'>,
): void {
  if (plan === undefined) return;
  const given = Object.entries(others).find(([, value]) => value !== undefined);
  if (given) {
    throw new ConfigurationError(`Give plan or ${given[0]}; a plan says already which step fixes what.`);
  }
  checkPlan(fields, plan);
}

/** Copies of the canvases to fill. Throws an `InvalidInputError` or `ShapeError` where one does not fit the fields. */
export function startCanvases(
  fields: readonly TokenField[],
  { canvases, count }: Pick<SampleOptions, 'canvases' | 'count'>,
): Canvas[] {
  validateFields(fields);
  if (canvases === undefined) {
    const samples = count ?? 1;
    if (samples !== 0 && !isCount(samples)) {
      throw new ConfigurationError(`count is ${count}; it must be a whole number.`);
    }
    return Array.from({ length: samples }, () => emptyCanvas(fields));
  }
  if (count !== undefined && count !== canvases.length) {
    throw new ConfigurationError(
      `Give canvases or count; these are ${canvases.length} canvases and a count of ${count}.`,
    );
  }
  for (const canvas of canvases) validateCanvas(fields, canvas);
  return canvases.map(copyCanvas);
}

/** Throws a `ConfigurationError` or `InvalidInputError` where views do not stand for what their canvases know. */
export function checkViews(
  fields: readonly TokenField[],
  canvases: readonly Canvas[],
  views: SampleOptions['views'] = [],
): void {
  if (views.length > 0 && views.length !== canvases.length) {
    throw new ConfigurationError(
      `There are lists of views for ${views.length} canvases, and ${canvases.length} canvases; give one each.`,
    );
  }
  views.forEach((ofOne, i) => {
    for (const view of ofOne) {
      checkNames(fields, Object.keys(view), 'views');
      for (const known of [canvases[i], { ...canvases[i], ...view }]) {
        const open = Object.keys(view).find((name) => known[name]?.includes(UNKNOWN));
        if (open === undefined) continue;
        throw new InvalidInputError(
          `A view holds the field "${open}", of which not every token is known; leave it out of the views.`,
        );
      }
      validateCanvas(fields, { ...canvases[i], ...view } as Canvas);
    }
  });
}
