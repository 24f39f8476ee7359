import { ConfigurationError, emptyCanvas, positionsOf, type TokenField, UNKNOWN } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import type { SampleOptions, SampleStep } from './options.js';
import { confidence, halton } from './order.js';
import type { Plan } from './plan.js';
import type { Predictor } from './predictor.js';
import { sample, sampleSteps } from './sample.js';
import { maskedCounts } from './schedule.js';

const image: TokenField = { name: 'image', grid: [4, 5], vocabulary: 6 };
const audio: TokenField = { name: 'audio', grid: [2, 5], vocabulary: 4 };
const label: TokenField = { name: 'label', grid: [1, 1], vocabulary: 3 };
const fields = [image, audio, label];

/** Logits that depend on all that is known; what is asked is recorded. */
function predictorOf() {
  const asked: { rows: number; fields: readonly string[] }[] = [];
  const predictor: Predictor = {
    fields,
    predict(canvases, options) {
      asked.push({ rows: canvases.length, fields: options?.fields ?? [] });
      return Object.fromEntries(
        fields.map((field) => {
          const length = positionsOf(field) * field.vocabulary;
          const logits = canvases.flatMap((canvas) => {
            const sum = Object.values(canvas).reduce(
              (all, tokens) => tokens.reduce((s, token, i) => s + (token + 1) * (i + 1), all),
              0,
            );
            return Array.from({ length }, (_, i) => Math.sin(sum + 7 * i));
          });
          return [field.name, Float32Array.from(logits)];
        }),
      );
    },
  };
  return { predictor, asked };
}

async function stepsOf(options: SampleOptions): Promise<SampleStep[]> {
  const steps: SampleStep[] = [];
  for await (const step of sampleSteps(predictorOf().predictor, options)) steps.push(step);
  return steps;
}

/** The plan that a schedule comes to, of fields whose steps begin together. */
function written(steps: Record<string, number>, guidance?: number): Plan {
  const fixes = Object.entries(steps).map(([name, count]) => {
    const total = positionsOf(fields.find((field) => field.name === name)!);
    const masked = [total, ...maskedCounts(total, { steps: count, schedule: 'cosine' })];
    return [name, masked.slice(1).map((left, i) => masked[i] - left)] as const;
  });
  return Array.from({ length: Math.max(...Object.values(steps)) }, (_, i) => ({
    fix: Object.fromEntries(fixes.flatMap(([name, own]) => (i < own.length ? [[name, own[i]]] : []))),
    ...(guidance && { guidance }),
  }));
}

describe('plan', () => {
  it('gives the tokens of the schedule that it writes out', async () => {
    const { predictor } = predictorOf();
    const order = confidence({ temperature: 2 });
    const steps = { image: 6, audio: 4, label: 1 };
    const usual = { seed: 3, count: 2, order };
    expect(await sample(predictor, { ...usual, plan: written(steps) })).toEqual(
      await sample(predictor, { ...usual, steps }),
    );
    // By guidance too, towards what is given.
    const canvases = [{ ...emptyCanvas(fields), label: Int32Array.of(2) }];
    const given = { seed: 3, canvases, order };
    const guided = await sample(predictor, { ...given, steps: 5, guidance: { scale: 3 } });
    expect(await sample(predictor, { ...given, plan: written({ image: 5, audio: 5 }, 3) })).toEqual(guided);
    expect(await sample(predictor, { ...given, plan: written({ image: 5, audio: 5 }) })).not.toEqual(guided);
  });

  it('fixes what each step says, while other fields wait', async () => {
    const plan: Plan = [
      { fix: { label: 1 } },
      { fix: { image: 3 } },
      { fix: { image: 0, audio: 4 } },
      { fix: { image: 7, audio: 'rest' } },
      { fix: { image: 'rest' } },
    ];
    for (const order of [confidence(), halton()]) {
      const steps = await stepsOf({ plan, order });
      expect(
        steps.map(({ fixed: [fixed] }) =>
          Object.fromEntries(Object.entries(fixed).map(([n, p]) => [n, p.length])),
        ),
      ).toEqual([{ label: 1 }, { image: 3 }, { audio: 4 }, { image: 7, audio: 6 }, { image: 10 }]);
      expect(steps.at(-1)!.steps).toBe(5);
    }
    const { predictor, asked } = predictorOf();
    await sample(predictor, { plan });
    expect(asked.map((one) => one.fields)).toEqual([
      ['label'],
      ['image'],
      ['audio'],
      ['image', 'audio'],
      ['image'],
    ]);
  });

  it('guides the steps that say so, each field by its own scale', async () => {
    const canvases = [{ ...emptyCanvas(fields), label: Int32Array.of(1) }];
    const { predictor, asked } = predictorOf();
    await sample(predictor, {
      canvases,
      plan: [
        { fix: { image: 5 }, guidance: 3 },
        { fix: { image: 5, audio: 5 }, guidance: { audio: 2 } },
        { fix: { image: 'rest' }, guidance: { audio: 2 } },
        { fix: { audio: 'rest' }, guidance: 1 },
      ],
    });
    expect(asked.map(({ rows }) => rows)).toEqual([2, 2, 1, 1]); // a second row for the label masked
  });

  it('leaves fields alone that it does not name, and serves samples that know different things', async () => {
    const known = { ...emptyCanvas(fields), image: new Int32Array(20).fill(1) };
    const half = { ...emptyCanvas(fields), image: new Int32Array(20).fill(1).fill(UNKNOWN, 10) };
    const { predictor, asked } = predictorOf();
    const plan: Plan = [{ fix: { image: 'rest' } }, { fix: { audio: 4 } }, { fix: { audio: 'rest' } }];
    const together = await sample(predictor, { canvases: [known, half], plan, seed: [1, 2] });
    expect(asked.map(({ rows }) => rows)).toEqual([1, 2, 2]);
    for (const { image: picture, audio: sound, label: none } of together) {
      expect([...picture, ...sound].every((token) => token >= 0)).toBe(true);
      expect([...none]).toEqual([UNKNOWN]);
    }
    expect(await sample(predictor, { canvases: [half], plan, seed: 2 })).toEqual(together.slice(1));
    asked.length = 0;
    await sample(predictor, { canvases: [known], plan });
    expect(asked).toHaveLength(2); // nothing is asked in the step of the picture
  });

  it('says what is wrong', async () => {
    const { predictor } = predictorOf();
    const refused = (options: unknown) => expect(sample(predictor, options as SampleOptions)).rejects;
    await refused({ plan: [] }).toThrow(/this one is empty/);
    await refused({ plan: [{ fix: { image: 20 } }, {}] }).toThrow(/Step 2 of the plan fixes nothing/);
    await refused({ plan: [{ fix: { smell: 2 } }] }).toThrow(
      /Step 1 of the plan names the field "smell"; the predictor's fields are image, audio, label/,
    );
    await refused({ plan: [{ fix: { image: 1.5 } }] }).toThrow(
      /fixes 1.5 tokens of "image"; give a whole number/,
    );
    await refused({ plan: [{ fix: { image: 'rest' } }, { fix: { image: 1 } }] }).toThrow(
      /Step 2 .* of which a step before fixes the rest/,
    );
    await refused({ plan: [{ fix: { image: 20 }, guidance: Number.NaN }] }).toThrow(/has the guidance NaN/);
    await refused({ plan: [{ fix: { image: 20 }, guidance: { smell: 2 } }] }).toThrow(
      /guides the field "smell"/,
    );
    await refused({ plan: [{ fix: { image: 21 } }] }).toThrow(
      /fixes 21 tokens of the field "image", and 20 are unknown/,
    );
    await refused({ plan: [{ fix: { image: 19 } }] }).toThrow(ConfigurationError);
    for (const other of [{ steps: 4 }, { schedule: 'cosine' }, { stages: [['image']] }]) {
      const [name] = Object.keys(other);
      await refused({ plan: [{ fix: { image: 20 } }], ...other }).toThrow(`Give plan or ${name}`);
    }
  });
});
