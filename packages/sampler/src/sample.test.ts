import {
  CancelledError,
  type Canvas,
  ConfigurationError,
  emptyCanvas,
  type FieldDraws,
  InvalidInputError,
  positionsOf,
  ShapeError,
  type TokenField,
} from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { type SampleOptions, type SampleStep, sampleSeed } from './options.js';
import { confidence, halton } from './order.js';
import type { Predictor } from './predictor.js';
import { sample, sampleSteps } from './sample.js';

const image: TokenField = { name: 'image', grid: [4, 4], vocabulary: 6 };
const audio: TokenField = { name: 'audio', grid: [2, 5], vocabulary: 4 };
const label: TokenField = { name: 'label', grid: [1, 1], vocabulary: 3 };
const fields = [label, image, audio];

type Call = { canvases: readonly Canvas[]; fields?: readonly string[] };

/** A predictor whose logits are a function of the row's canvas, the field, position and token; it records its calls. */
function predictorOf(
  logit: (canvas: Canvas, field: string, position: number, token: number) => number,
  over: readonly TokenField[] = fields,
) {
  const calls: Call[] = [];
  const predictor: Predictor = {
    fields: over,
    predict(canvases, options) {
      calls.push({ canvases, fields: options?.fields });
      return Object.fromEntries(
        over
          .filter(({ name }) => options?.fields?.includes(name))
          .map((field) => {
            const { vocabulary, name } = field;
            const positions = positionsOf(field);
            const logits = new Float32Array(canvases.length * positions * vocabulary);
            for (let i = 0; i < logits.length; i++) {
              const position = Math.floor(i / vocabulary) % positions;
              const canvas = canvases[Math.floor(i / vocabulary / positions)];
              logits[i] = logit(canvas, name, position, i % vocabulary);
            }
            return [name, logits];
          }),
      );
    },
  };
  return { predictor, calls };
}

/** Some smooth function of everything, so that tokens depend on what is known already. */
const entangled = (canvas: Canvas, field: string, position: number, token: number) =>
  Math.sin(
    Object.values(canvas).reduce((sum, tokens) => tokens.reduce((s, t, i) => s + (t + 1) * (i + 1), sum), 0) +
      field.length * 7 +
      position * 3 +
      token * token,
  );

const peaked = (_: Canvas, field: string, position: number, token: number) =>
  token === (position * 5 + field.length) % (field === 'label' ? 3 : field === 'image' ? 6 : 4) ? 50 : 0;

async function collect(predictor: Predictor, options: SampleOptions): Promise<SampleStep[]> {
  const steps: SampleStep[] = [];
  for await (const step of sampleSteps(predictor, options)) steps.push(step);
  return steps;
}

const masked = (tokens: Int32Array) => tokens.filter((token) => token === -1).length;
const known = (...tokens: number[]) => Int32Array.from(tokens);

describe.each([
  ['confidence', confidence()],
  ['halton', halton()],
] as const)('sample by %s', (_, order) => {
  it('reproduces peaked logits', async () => {
    const { predictor } = predictorOf(peaked);
    for (const canvas of await sample(predictor, { count: 3, order })) {
      for (const { name, vocabulary } of fields) {
        expect([...canvas[name]]).toEqual(
          [...canvas[name].keys()].map((position) => (position * 5 + name.length) % vocabulary),
        );
      }
    }
  });

  it('gives the same tokens for a seed, others for another, and the same alone or in any batch', async () => {
    const { predictor } = predictorOf(entangled);
    const start = { ...emptyCanvas(fields), image: known(...new Array(16).fill(-1)).fill(2, 3, 9) };
    const canvases = [emptyCanvas(fields), start, emptyCanvas(fields), start, emptyCanvas(fields)];
    const options = { order, steps: 5, guidance: { scale: 2 } };
    const together = await sample(predictor, { canvases, seed: 7, ...options });
    expect(await sample(predictor, { canvases, seed: 7, ...options })).toEqual(together);
    expect(await sample(predictor, { canvases, seed: 8, ...options })).not.toEqual(together);
    expect(together[0]).not.toEqual(together[2]);
    expect(together[1]).not.toEqual(together[3]);
    for (const [i, canvas] of canvases.entries()) {
      const seed = sampleSeed(7, i);
      expect(await sample(predictor, { canvases: [canvas], seed, ...options })).toEqual([together[i]]);
    }
    const seeds = [3, 1, 4].map((i) => sampleSeed(7, i));
    const some = await sample(predictor, { canvases: [start, start, canvases[4]], seed: seeds, ...options });
    expect(some).toEqual([together[3], together[1], together[4]]);
  });

  it('never changes known tokens, fixed tokens, or the canvases that it is given', async () => {
    const { predictor } = predictorOf(entangled);
    const start: Canvas = { ...emptyCanvas(fields), audio: known(3, -1, -1, 1, -1, -1, -1, 2, -1, 0) };
    const copy = structuredClone(start);
    const steps = await collect(predictor, { canvases: [start], order, steps: 4 });
    expect(start).toEqual(copy);
    let before = start;
    for (const { canvases, fixed } of steps) {
      for (const { name } of fields) {
        const changed = [...before[name].keys()].filter((i) => canvases[0][name][i] !== before[name][i]);
        expect([...(fixed[0][name] ?? [])]).toEqual(changed);
        for (const position of changed) expect(before[name][position]).toBe(-1);
      }
      before = canvases[0];
    }
    expect(fields.every(({ name }) => masked(before[name]) === 0)).toBe(true);
  });

  it('draws tokens of independent logits from their softmax', async () => {
    const field = { name: 'image', grid: [4, 5], vocabulary: 4 } as const;
    const weights = [0.1, 0.2, 0.3, 0.4];
    const { predictor } = predictorOf((_c, _f, _p, token) => Math.log(weights[token]), [field]);
    const canvases = await sample(predictor, { count: 300, order, steps: 6, seed: 1 });
    const counts = [0, 0, 0, 0];
    for (const canvas of canvases) for (const token of canvas.image) counts[token]++;
    if (order.name === 'halton') {
      const chi = counts.reduce(
        (sum, count, i) => sum + (count - 6000 * weights[i]) ** 2 / (6000 * weights[i]),
        0,
      );
      expect(chi).toBeLessThan(16.3); // 99.9 % with 3 degrees of freedom
    } else {
      expect(counts[3] / 6000).toBeGreaterThan(0.42); // 0.4 + 3 deviations: confidence prefers what is likely
    }
  });
});

describe('sample', () => {
  it('masks again floor(L · cos(π / 2 · s / N)) of the unknown, each field and sample by its own count', async () => {
    const { predictor } = predictorOf(entangled);
    const half = { ...emptyCanvas(fields), image: emptyCanvas(fields).image.fill(1, 0, 8), label: known(2) };
    const steps = await collect(predictor, { canvases: [emptyCanvas(fields), half], steps: 6 });
    expect(steps.map(({ step, steps: of }) => `${step}/${of}`)).toEqual([
      '1/6',
      '2/6',
      '3/6',
      '4/6',
      '5/6',
      '6/6',
    ]);
    const count = (sampleIndex: number, name: string) =>
      steps.map(({ canvases }) => masked(canvases[sampleIndex][name]));
    expect(count(0, 'image')).toEqual([15, 13, 11, 8, 4, 0]); // 16 · cos
    expect(count(0, 'audio')).toEqual([9, 8, 7, 5, 2, 0]); // 10 · cos; 9.66 and 8.66 are 9 and 8
    expect(count(0, 'label')).toEqual([0, 0, 0, 0, 0, 0]);
    expect(count(1, 'image')).toEqual([7, 6, 5, 4, 2, 0]); // 8 · cos; 4.00 from 0.5
  });

  it('fixes the most confident first where there is no noise', async () => {
    const field = { name: 'image', grid: [1, 6], vocabulary: 2 } as const;
    const strength = [1, 5, 3, 0, 4, 2];
    const { predictor } = predictorOf((_c, _f, position, token) => token * strength[position], [field]);
    const options = {
      order: confidence({ temperature: 0 }),
      temperature: 0,
      schedule: 'linear',
      steps: 3,
    } as const;
    const steps = await collect(predictor, options);
    expect(steps.map(({ fixed }) => [...fixed[0].image])).toEqual([
      [1, 4],
      [2, 5],
      [0, 3],
    ]);
  });

  it('adds noise that fades: a hot order is close to random at first', async () => {
    const field = { name: 'image', grid: [1, 6], vocabulary: 2 } as const;
    const { predictor } = predictorOf((_c, _f, position, token) => (token * position) / 4, [field]);
    const firsts = async (temperature: number) => {
      const counts = new Array<number>(6).fill(0);
      const options = { count: 400, order: confidence({ temperature }), steps: 6, temperature: 0 };
      for await (const { fixed } of sampleSteps(predictor, options)) {
        for (const { image: positions } of fixed) counts[positions[0]]++;
        break;
      }
      return counts;
    };
    expect((await firsts(0))[5]).toBe(400);
    // 1.2 · Gumbel · 5/6 against log p from −0.69 to −0.25: in theory softmax(log p / T'), T' = 1
    const expected = [0, 1, 2, 3, 4, 5].map((position) => 1 / (1 + Math.exp(-position / 4)));
    const total = expected.reduce((a, b) => a + b);
    const chi = (await firsts(1.2)).reduce((sum, count, i) => {
      const mean = (400 * expected[i]) / total;
      return sum + (count - mean) ** 2 / mean;
    }, 0);
    expect(chi).toBeLessThan(20.5); // 99.9 % with 5 degrees of freedom
  });

  it('asks only for fields and samples that are still to be filled', async () => {
    const { predictor, calls } = predictorOf(entangled);
    const done = {
      label: known(1),
      image: emptyCanvas(fields).image.fill(1),
      audio: emptyCanvas(fields).audio.fill(1),
    };
    const canvases = [done, { ...done, label: known(-1) }, { ...done, audio: emptyCanvas(fields).audio }];
    await sample(predictor, { canvases, steps: { audio: 3 } });
    expect(calls.map((call) => [call.canvases.length, call.fields])).toEqual([
      [2, ['label', 'audio']],
      [1, ['audio']],
      [1, ['audio']],
    ]);
    expect(await sample(predictor, { canvases: [done] })).toEqual([done]);
    expect(await sample(predictor, { canvases: [] })).toEqual([]);
    expect(calls).toHaveLength(3);
  });

  it('shows the predictor of a stage what is given, and no other field', async () => {
    const { predictor, calls } = predictorOf(entangled);
    const known = { ...emptyCanvas(fields), image: new Int32Array(16).fill(2) };
    const stages = [
      { fill: ['label'], given: ['image'] },
      { fill: ['audio'], given: ['label'] },
    ];
    const options = { stages, steps: 2, guidance: { scale: 2, fields: ['label'] } };
    const [canvas] = await sample(predictor, { canvases: [known], ...options });
    expect(calls.map((call) => call.canvases.map((row) => Object.keys(row)))).toEqual([
      [['label', 'image']],
      [
        ['label', 'audio'],
        ['label', 'audio'],
      ],
      [
        ['label', 'audio'],
        ['label', 'audio'],
      ],
    ]);
    const [conditional, unconditional] = calls[1].canvases;
    expect([conditional['label'], unconditional['label']]).toEqual([canvas['label'], Int32Array.of(-1)]);
    expect(canvas['image']).toEqual(known.image);
    expect(canvas['audio'].every((token) => token >= 0)).toBe(true);
  });

  it('gives samples at different stages what they have alone', async () => {
    const { predictor } = predictorOf(entangled);
    const stages = [
      { fill: ['label'], given: ['image'] },
      { fill: ['audio'], given: ['label'] },
    ];
    const empty = emptyCanvas(fields);
    const canvases = [empty, { ...empty, label: Int32Array.of(1) }];
    const together = await sample(predictor, { canvases, stages, steps: 3, seed: [5, 6] });
    for (const [i, canvas] of canvases.entries()) {
      const alone = await sample(predictor, { canvases: [canvas], stages, steps: 3, seed: [5 + i] });
      expect(alone).toEqual([together[i]]);
    }
  });

  it('fills stage by stage, and leaves alone what is in no stage', async () => {
    const { predictor, calls } = predictorOf(entangled);
    const steps = await collect(predictor, { stages: [['label'], ['audio']], steps: 4 });
    expect(steps.map(({ fixed }) => Object.keys(fixed[0]))).toEqual([
      ['label'],
      ['audio'],
      ['audio'],
      ['audio'],
      ['audio'],
    ]);
    expect(calls.map((call) => call.fields)).toEqual([['label'], ['audio'], ['audio'], ['audio'], ['audio']]);
    expect(calls[1].canvases[0].label[0]).toBeGreaterThanOrEqual(0);
    expect(masked(steps.at(-1)!.canvases[0].image)).toBe(16);
  });

  it('takes temperature, top-k, top-p, steps and scale by field', async () => {
    const { predictor } = predictorOf((_c, _f, _p, token) => token / 10);
    const options = {
      count: 20,
      steps: { image: 2, audio: 5 },
      topK: { label: 1 },
      temperature: { image: 0 },
      topP: { audio: 0.01 },
    };
    const steps = await collect(predictor, options);
    expect(steps).toHaveLength(5);
    expect(masked(steps[1].canvases[0].image)).toBe(0);
    for (const canvas of steps.at(-1)!.canvases) {
      expect(canvas.label).toEqual(known(2));
      expect([...canvas.image].every((token) => token === 5)).toBe(true);
      expect([...canvas.audio].every((token) => token === 3)).toBe(true);
    }
  });

  describe('guidance', () => {
    const given: Canvas = { ...emptyCanvas(fields), image: emptyCanvas(fields).image.fill(2) };
    const stages = [['audio']];

    it('masks the condition in further rows of the same batch, and keeps what is generated', async () => {
      const { predictor, calls } = predictorOf(entangled);
      const canvases = [emptyCanvas(fields), given];
      const steps = await collect(predictor, { canvases, guidance: { scale: 2 }, steps: 3 });
      // There is nothing to mask in the free one. At first it is the given one without its condition: one row is both.
      expect(calls.map((call) => call.canvases.length)).toEqual([2, 3, 3]);
      for (const [i, call] of calls.entries()) {
        const [free, conditional, unconditional = free] = call.canvases;
        expect([free, conditional]).toEqual(i === 0 ? canvases : steps[i - 1].canvases);
        expect(unconditional).toEqual({ ...conditional, image: emptyCanvas(fields).image });
      }
    });

    it('costs no second prediction at a scale of 1, nor while it has not grown', async () => {
      const { predictor, calls } = predictorOf(entangled);
      await sample(predictor, { canvases: [given], guidance: { scale: 1 }, steps: 3 });
      expect(calls.map((call) => call.canvases.length)).toEqual([1, 1, 1]);
      calls.length = 0;
      await sample(predictor, {
        canvases: [given],
        guidance: { scale: 3, growth: 'linear' },
        stages,
        steps: 3,
      });
      expect(calls.map((call) => call.canvases.length)).toEqual([1, 2, 2]);
      expect(masked(calls[2].canvases[1].audio)).toBeLessThan(10); // what was generated before it grew is not masked
    });

    it('masks the given tokens of a field only, or the fields that it is told', async () => {
      const { predictor, calls } = predictorOf(entangled);
      const part = { ...emptyCanvas(fields), image: emptyCanvas(fields).image.fill(2, 0, 8) };
      await sample(predictor, { canvases: [part], guidance: { scale: 2 }, steps: 2 });
      const [conditional, unconditional] = calls[1].canvases;
      expect(masked(conditional.image)).toBeLessThan(8);
      expect([...unconditional.image]).toEqual(
        [...conditional.image].map((token, i) => (i < 8 ? -1 : token)),
      );

      calls.length = 0;
      const stages = [['label'], ['audio']];
      await sample(predictor, {
        canvases: [given],
        guidance: { scale: 2, fields: ['label'] },
        stages,
        steps: 2,
      });
      expect(calls.map((call) => call.canvases.length)).toEqual([1, 2, 2]); // the label guides once it is there
      expect(calls[1].canvases[1]).toEqual({ ...calls[1].canvases[0], label: known(-1) });
    });

    it('is u + scale · (c − u)', async () => {
      const field = { name: 'audio', grid: [1, 1], vocabulary: 2 } as const;
      const c = [0, 0.4];
      const u = [0, 0.1];
      const { predictor } = predictorOf(
        (canvas, _f, _p, token) => (canvas.label[0] < 0 ? u : c)[token],
        [label, field],
      );
      const canvases = Array.from({ length: 4000 }, () => ({ label: known(1), audio: known(-1) }));
      const made = await sample(predictor, { canvases, guidance: { scale: 4 } });
      const share = made.reduce((sum, canvas) => sum + canvas.audio[0], 0) / 4000;
      const p = 1 / (1 + Math.exp(-1.3)); // 0.1 + 4 · 0.3
      expect(Math.abs(share - p)).toBeLessThan(3.3 * Math.sqrt((p * (1 - p)) / 4000)); // 99.9 %
    });
  });

  it('can be cancelled between two steps, with what is done so far in hand', async () => {
    const { predictor, calls } = predictorOf(entangled);
    const controller = new AbortController();
    const seen: SampleStep[] = [];
    const onStep = (step: SampleStep) => {
      seen.push(step);
      if (step.step === 2) controller.abort();
    };
    await expect(sample(predictor, { signal: controller.signal, onStep })).rejects.toThrow(CancelledError);
    expect(calls).toHaveLength(2);
    expect(seen[1].steps).toBe(16);
    await expect(sample(predictor, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    expect(calls).toHaveLength(2);
  });

  it('notices a signal that a timer fires though the predictor never waits', async () => {
    const { predictor, calls } = predictorOf(entangled);
    const controller = new AbortController();
    setTimeout(() => controller.abort());
    const { signal } = controller;
    await expect(sample(predictor, { signal, stages: [['image']] })).rejects.toThrow(CancelledError);
    expect(calls.length).toBeLessThan(16);
  });

  it('turns what a predictor throws at the signal into a CancelledError, and passes other errors on', async () => {
    const controller = new AbortController();
    const predict = async () => {
      controller.abort();
      throw new TypeError('aborted');
    };
    await expect(sample({ fields, predict }, { signal: controller.signal })).rejects.toThrow(CancelledError);
    await expect(sample({ fields, predict }, {})).rejects.toThrow(TypeError);
  });

  it.each<[string, SampleOptions, unknown]>([
    ['no steps', { steps: 0 }, /steps is 0/],
    ['steps of an unknown field', { steps: { video: 3 } }, /"video"/],
    ['a negative temperature', { temperature: -1 }, ConfigurationError],
    ['NaN as temperature', { temperature: { image: Number.NaN } }, /"image"/],
    ['text as temperature', { temperature: 'hot' as never }, ConfigurationError],
    ['top-k 0', { topK: 0 }, ConfigurationError],
    ['top-p 0', { topP: 0 }, ConfigurationError],
    ['top-p above 1', { topP: 1.1 }, ConfigurationError],
    ['an infinite scale', { guidance: { scale: Infinity } }, ConfigurationError],
    ['an interval beyond the end', { guidance: { interval: [0.5, 2] } }, ConfigurationError],
    ['an unknown growth', { guidance: { growth: 'slow' as never } }, ConfigurationError],
    ['an unknown condition', { guidance: { fields: ['text'] } }, /"text"/],
    ['an unknown schedule', { schedule: 'sine' as never }, ConfigurationError],
    ['an order by name', { order: 'halton' as never }, ConfigurationError],
    ['half an offset', { order: halton({ offset: 0.5 }) }, ConfigurationError],
    ['a stage of an unknown field', { stages: [['text']] }, /"text"/],
    ['a stage that is given an unknown field', { stages: [{ fill: ['image'], given: ['text'] }] }, /"text"/],
    ['a field in two stages', { stages: [['image'], ['image']] }, ConfigurationError],
    ['a fraction as seed', { seed: 0.5 }, ConfigurationError],
    ['too few seeds', { seed: [1], count: 2 }, ConfigurationError],
    ['a negative count', { count: -1 }, ConfigurationError],
    ['two counts', { count: 2, canvases: [emptyCanvas(fields)] }, ConfigurationError],
    ['a token too large', { canvases: [{ ...emptyCanvas(fields), label: known(3) }] }, InvalidInputError],
    ['too few tokens', { canvases: [{ ...emptyCanvas(fields), image: known(3) }] }, ShapeError],
    ['a field that is missing', { canvases: [{ label: known(1) }] }, InvalidInputError],
  ])('refuses %s', async (_, options, error) => {
    const { predictor, calls } = predictorOf(entangled);
    await expect(sample(predictor, options)).rejects.toThrow(error as RegExp);
    expect(calls).toHaveLength(0);
  });

  it('names the field and position of logits that are not finite', async () => {
    const at = (bad: number) =>
      predictorOf((_c, field, position, token) =>
        field === 'audio' && position === 7 && token === 2 ? bad : 0,
      ).predictor;
    await expect(sample(at(Number.NaN))).rejects.toThrow(/NaN for the field "audio" at position 7/);
    await expect(sample(at(Number.NaN))).rejects.toThrow(InvalidInputError);
    await expect(sample(at(Infinity))).rejects.toThrow(/Infinity for the field "audio" at position 7/);
    await expect(sample(at(-Infinity))).resolves.toHaveLength(1); // a token forbidden
    const { predictor } = predictorOf((_c, field) => (field === 'label' ? -Infinity : 0));
    await expect(sample(predictor)).rejects.toThrow(/only −Infinity for the field "label" at position 0/);
  });

  it('refuses logits that are missing or of another length', async () => {
    const { predictor } = predictorOf(entangled);
    const without = (logits: object) => ({
      fields,
      predict: async () => logits as Record<string, Float32Array>,
    });
    await expect(sample(without({}))).rejects.toThrow(ShapeError);
    await expect(sample(without(undefined as never))).rejects.toThrow(ShapeError);
    const all = await predictor.predict([emptyCanvas(fields)], { fields: fields.map(({ name }) => name) });
    await expect(sample(without({ ...all, audio: new Float32Array(39) }))).rejects.toThrow(
      /39 logits.*"audio".*are 40/,
    );
    await expect(sample({ ...predictor, fields: [] })).rejects.toThrow(ConfigurationError);
  });
});

describe('a predictor that draws', () => {
  /** Draws as `FieldDraws` says, from the logits of `predictorOf`, in double precision. */
  function drawingPredictor() {
    const { predictor, calls } = predictorOf(entangled);
    const questions: Record<string, FieldDraws>[] = [];
    const draw: Predictor['draw'] = async (canvases, draws, options) => {
      questions.push({ ...draws });
      const logits = await predictor.predict(canvases, options);
      const drawn = Object.entries(draws).map(([name, { rows, unconditionalRows, temperature, numbers }]) => {
        const { vocabulary, ...field } = fields.find((one) => one.name === name)!;
        const positions = positionsOf({ name, vocabulary, grid: field.grid });
        const tokens = new Int32Array(rows.length * positions);
        const scores = new Float32Array(tokens.length);
        for (let at = 0; at < tokens.length; at++) {
          const [uniform, added, scale] = numbers.subarray(3 * at);
          const sample = Math.floor(at / positions);
          const of = (row: number) => {
            const first = (row * positions + (at % positions)) * vocabulary;
            return logits[name].subarray(first, first + vocabulary);
          };
          const u = of(unconditionalRows[sample]);
          const values = Array.from(of(rows[sample]), (c, v) => u[v] + scale * (c - u[v]));
          const most = Math.max(...values);
          const weights = values.map((value) => Math.exp((value - most) / (temperature || 1)));
          let rest = uniform * weights.reduce((a, b) => a + b);
          const picked = weights.findIndex((weight) => {
            rest -= weight;
            return rest < 0;
          });
          tokens[at] = temperature === 0 ? values.indexOf(most) : picked;
          const partition = values.reduce((sum, value) => sum + Math.exp(value - most), 0);
          scores[at] = values[tokens[at]] - most - Math.log(partition) + added;
        }
        return [name, { tokens, scores }];
      });
      return Object.fromEntries(drawn);
    };
    return { plain: predictor, drawing: { ...predictor, draw } as Predictor, calls, questions };
  }

  it.each([
    { steps: 5 },
    { steps: { image: 7, audio: 3, label: 1 }, count: 3, temperature: 1.4 },
    { steps: 4, guidance: { scale: 2.5, growth: 'linear' }, temperature: 0 },
    { steps: 4, order: halton(), guidance: { scale: 3 } },
    { steps: 3, stages: [['image'], { fill: ['audio'], given: ['image'] }], guidance: { scale: 2 } },
  ] as SampleOptions[])('gives the tokens that its logits give, %j', async (options) => {
    const { plain, drawing, questions } = drawingPredictor();
    const given = { ...emptyCanvas(fields), label: Int32Array.of(2) };
    const start = options.count ? {} : { canvases: [given, emptyCanvas(fields), given] };
    const settings = { ...options, ...start, seed: 11 };
    expect(await sample(drawing, settings)).toEqual(await sample(plain, settings));
    expect(questions.length).toBeGreaterThan(2);
  });

  it('is asked for logits where top-k or top-p need them', async () => {
    const { plain, drawing, questions } = drawingPredictor();
    for (const options of [{ topK: 2 }, { topP: 0.8 }]) {
      expect(await sample(drawing, options)).toEqual(await sample(plain, options));
    }
    expect(questions).toEqual([]);
    await sample(drawing, { topK: 6 }); // all tokens there are
    expect(questions).not.toEqual([]);
  });

  it('is refused where it draws too little, or where a score is no number', async () => {
    const { drawing } = drawingPredictor();
    const withDraw = (draw: Predictor['draw']) => sample({ ...drawing, draw }, { steps: 2 });
    await expect(withDraw(async () => ({}))).rejects.toThrow(ShapeError);
    const broken: Predictor['draw'] = async (...asked) => {
      const drawn = await drawing.draw!(...asked);
      drawn['image'].scores.fill(Number.NaN);
      return drawn;
    };
    await expect(withDraw(broken)).rejects.toThrow(InvalidInputError);
  });
});
