import { ConfigurationError, type TokenField } from '@visual-echoes/core';
import { forField, type PerField } from './per-field.js';

/** One step of sampling, written out. */
export interface PlanStep {
  /** How many tokens of which field are fixed; `'rest'`, all that are left of it. Other fields wait. */
  fix: Readonly<Record<string, number | 'rest'>>;
  /** The scale of guidance in this step; that of the option `guidance`, where left out. */
  guidance?: PerField<number>;
}

/** All steps, one after the other. */
export type Plan = readonly PlanStep[];

/** What a plan says of one field of one sample: how many tokens each step fixes, 0 where the field waits. */
export interface FieldPlan {
  fixes: Int32Array;
  /** The scale of guidance, where a step names one. */
  scales: readonly (number | undefined)[];
}

/** Whether a plan names a field at all: one that it does not stays as it is. */
export const isPlanned = (plan: Plan, name: string): boolean =>
  plan.some(({ fix }) => Object.hasOwn(fix, name));

/** A plan without some fields, and without the steps that fixed nothing else. */
export const planWithout = (plan: Plan, names: readonly string[]): Plan =>
  plan
    .map((step) => ({
      ...step,
      fix: Object.fromEntries(Object.entries(step.fix).filter(([name]) => !names.includes(name))),
    }))
    .filter(({ fix }) => Object.values(fix).some((count) => count !== 0));

/**
 * A field's part of a plan, where `unknown` tokens of it are to be found.
 * @throws ConfigurationError where the plan's numbers are not as many tokens.
 */
export function fieldPlan(plan: Plan, name: string, unknown: number): FieldPlan {
  let left = unknown;
  const fixes = Int32Array.from(plan, ({ fix }) => {
    const wanted = Object.hasOwn(fix, name) ? fix[name] : 0;
    const count = wanted === 'rest' ? left : wanted;
    left -= count;
    return count;
  });
  if (left !== 0) {
    const sum = unknown - left;
    throw new ConfigurationError(
      `The plan fixes ${sum} tokens of the field "${name}", and ${unknown} are unknown; ` +
        "change the numbers, or let a step fix the 'rest'.",
    );
  }
  return { fixes, scales: plan.map(({ guidance }) => forField(guidance, name)) };
}

/** Throws a `ConfigurationError` where a plan is none, or names what is not there. */
export function checkPlan(fields: readonly TokenField[], plan: Plan): void {
  if (!Array.isArray(plan) || plan.length === 0) {
    throw new ConfigurationError(
      'A plan is a list of steps, such as [{ fix: { image: 10 } }]; this one is empty.',
    );
  }
  const known = fields.map(({ name }) => name);
  const ended = new Set<string>();
  plan.forEach(({ fix, guidance }: PlanStep, i) => {
    const where = `Step ${i + 1} of the plan`;
    const named = Object.entries(fix ?? {});
    if (!named.some(([, count]) => count !== 0)) {
      throw new ConfigurationError(
        `${where} fixes nothing; give it { fix: { ${known[0]}: 1 } }, or leave it out.`,
      );
    }
    for (const [name, count] of named) {
      if (!known.includes(name)) {
        throw new ConfigurationError(
          `${where} names the field "${name}"; the predictor's fields are ${known.join(', ')}.`,
        );
      }
      if (count !== 'rest' && !(Number.isSafeInteger(count) && count >= 0)) {
        throw new ConfigurationError(
          `${where} fixes ${count} tokens of "${name}"; give a whole number of at least 0, or 'rest'.`,
        );
      }
      if (ended.has(name) && count !== 0) {
        throw new ConfigurationError(
          `${where} fixes tokens of "${name}", of which a step before fixes the rest.`,
        );
      }
      if (count === 'rest') ended.add(name);
    }
    const scales =
      typeof guidance === 'object' ? Object.entries(guidance) : [[undefined, guidance ?? 1] as const];
    for (const [name, scale] of scales) {
      if (name !== undefined && !known.includes(name)) {
        throw new ConfigurationError(
          `${where} guides the field "${name}"; the predictor's fields are ${known.join(', ')}.`,
        );
      }
      if (!Number.isFinite(scale)) {
        throw new ConfigurationError(`${where} has the guidance ${scale}; it must be a number.`);
      }
    }
  });
}
