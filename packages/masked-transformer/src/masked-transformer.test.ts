import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  type Canvas,
  emptyCanvas,
  type Gradients,
  permute,
  Random,
  readSafetensors,
  type StateDict,
  valueAndGradients,
} from '@visual-echoes/core';
import { AdamW } from '@visual-echoes/core/training';
import { beforeAll, describe, expect, it } from 'vitest';
import { type MaskedBatch, MaskedTransformer, maskBatch } from './index.js';

// Reference: fixtures/make_fixtures.py, PyTorch in float32.
let golden: StateDict;

beforeAll(async () => {
  await tf.setBackend('cpu');
  golden = (await readSafetensors(readFileSync(new URL('../fixtures/mage.safetensors', import.meta.url))))
    .state;
});

const mage = (padding: 'class-token' | 'learned') => {
  const model = new MaskedTransformer({
    fields: [{ name: 'image', grid: [3, 3], vocabulary: 12 }],
    embedDim: 8,
    depth: 1,
    numHeads: 2,
    decoderEmbedDim: 12,
    decoderDepth: 1,
    decoderNumHeads: 3,
    padding,
    vocabularySize: 16,
    classToken: 13,
    maskToken: 15,
  });
  model.loadStateDict(select(golden, 'weights.'));
  return model;
};

const select = (state: StateDict, prefix: string): StateDict =>
  Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );

const goldenBatch = (name: string): MaskedBatch => ({
  size: golden.codes.shape[0],
  tokens: Int32Array.from(golden.codes.data),
  masked: Uint8Array.from(golden[`${name}.masked`].data),
  dropped: Uint8Array.from(golden[`${name}.dropped`].data),
  weights: {},
});

/** max |a − b| / max |b|. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  let scale = 0;
  for (let i = 0; i < b.length; i++) {
    most = Math.max(most, Math.abs(a[i] - b[i]));
    scale = Math.max(scale, Math.abs(b[i]));
  }
  return most / scale;
}

/** A gradient in the file's layout. */
function inFileLayout(model: MaskedTransformer, gradients: Gradients, name: string): Float32Array {
  const { memoryAxes } = model.namedParameters().get(name)!.layout;
  const gradient = gradients.get(name)!;
  const data = gradient.dataSync() as Float32Array;
  return memoryAxes
    ? permute(
        data,
        gradient.shape,
        memoryAxes.map((_, axis) => memoryAxes.indexOf(axis)),
      )
    : data;
}

describe.each(['class-token', 'learned'] as const)('MAGE with padding %s', (padding) => {
  it('encodes, decodes and rates as PyTorch does', () => {
    const model = mage(padding);
    const batch = goldenBatch(padding);
    tf.tidy(() => {
      expect(difference(model.encode(batch).dataSync(), golden[`${padding}.encoded`].data)).toBeLessThan(
        1e-5,
      );
      expect(difference(model.forward(batch).dataSync(), golden[`${padding}.logits`].data)).toBeLessThan(
        1e-5,
      );
      expect(model.loss(batch).loss.dataSync()[0]).toBeCloseTo(golden[`${padding}.loss`].data[0], 5);
    });
    model.dispose();
  });

  it('has the gradients that PyTorch has', () => {
    const model = mage(padding);
    const expected = select(golden, `${padding}.grad.`);
    const { value, gradients } = valueAndGradients(
      () => model.loss(goldenBatch(padding)).loss,
      model.trainableParameters(),
    );
    const largest = Math.max(...Object.values(expected).flatMap(({ data }) => [...data].map(Math.abs)));
    for (const [name, { data }] of Object.entries(expected)) {
      const actual = inFileLayout(model, gradients, name);
      // A key's bias has a gradient of rounding alone, hence the second scale.
      const scale = Math.max(1e-4 * largest, ...data.map(Math.abs));
      const off = Math.max(...data.map((reference, i) => Math.abs(actual[i] - reference)));
      expect(off / scale, name).toBeLessThan(1e-4);
    }
    tf.dispose([value, ...gradients.values()]);
    model.dispose();
  });
});

const fields = [
  { name: 'image', grid: [2, 3], vocabulary: 7 },
  { name: 'audio', grid: [1, 4], vocabulary: 5 },
  { name: 'label', grid: [1, 1], vocabulary: 3 },
] as const;

const small = (options: object = {}) =>
  new MaskedTransformer(
    {
      fields,
      embedDim: 16,
      depth: 1,
      numHeads: 2,
      decoderEmbedDim: 12,
      decoderDepth: 1,
      decoderNumHeads: 2,
      ...options,
    },
    { random: new Random(3) },
  );

const draw = (random: Random): Canvas =>
  Object.fromEntries(
    fields.map(({ name, grid, vocabulary }) => [
      name,
      Int32Array.from({ length: grid[0] * grid[1] }, () => random.integer(vocabulary)),
    ]),
  );

describe('three fields', () => {
  it('predicts each field over its own vocabulary, and only those that are asked', async () => {
    const model = small();
    const canvases = [emptyCanvas(fields), { ...emptyCanvas(fields), label: new Int32Array([2]) }];
    const logits = await model.predict(canvases);
    expect(Object.entries(logits).map(([name, values]) => [name, values.length])).toEqual([
      ['image', 2 * 6 * 7],
      ['audio', 2 * 4 * 5],
      ['label', 2 * 1 * 3],
    ]);
    expect(difference(logits.image.subarray(0, 42), logits.image.subarray(42))).toBeGreaterThan(1e-4);
    const audio = await model.predict(canvases, { fields: ['audio'] });
    expect(Object.keys(audio)).toEqual(['audio']);
    expect(difference(audio.audio, logits.audio)).toBeLessThan(1e-6);
    model.dispose();
  });

  it('predicts what its forward pass gives at the field, in a batch as alone', async () => {
    const model = small();
    const random = new Random(4);
    const canvases = [draw(random), draw(random)];
    for (const canvas of canvases) canvas.audio.fill(-1);
    const both = await model.predict(canvases);
    const second = await model.predict([canvases[1]]);
    expect(difference(both.audio.subarray(20), second.audio)).toBeLessThan(1e-5);
    const tokens = Int32Array.from(fields.flatMap(({ name }) => [...canvases[1][name]]));
    const masked = Uint8Array.from(tokens, (token) => (token < 0 ? 1 : 0));
    const whole = tf.tidy(() =>
      model.forward({ size: 1, tokens, masked, dropped: new Uint8Array(11), weights: {} }).arraySync(),
    );
    // The audio's rows come after the class token and six of the image, its codes after the image's seven.
    const rows = whole[0].slice(7, 11).flatMap((row) => row.slice(7, 12));
    expect(difference(second.audio, rows)).toBeLessThan(1e-5);
    model.dispose();
  });

  it('is the model of the fields that are there, where others are left out', async () => {
    const whole = small({ dropout: 0 });
    const present = [fields[0], fields[2]] as const;
    const part = small({ dropout: 0, fields: present });
    const state = await whole.stateDict();
    // Without the audio's four positions, which follow the class token and six, and its five words, which follow seven.
    const without = (name: string, axis: 0 | 1, first: number, count: number) => {
      const { shape, data } = state[name];
      const rest = shape.map((size, i) => (i === axis ? size - count : size));
      const row = name.includes('bias') ? 1 : shape[shape.length - 1];
      const kept = data.filter((_, i) => Math.floor(i / row) < first || Math.floor(i / row) >= first + count);
      state[name] = { shape: rest, data: kept };
    };
    without('token_emb.word_embeddings.weight', 0, 7, 5);
    without('token_emb.position_embeddings.weight', 0, 7, 4);
    without('decoder_pos_embed_learned', 1, 7, 4);
    state['mlm_layer.bias'] = {
      shape: [1, 1, state['mlm_layer.bias'].shape[2] - 5],
      data: state['mlm_layer.bias'].data.filter((_, i) => i < 7 || i >= 12),
    };
    part.loadStateDict(state);
    const random = new Random(4);
    const canvases = [draw(random), draw(random)].map(({ image, label }) => ({ image, label }));
    const batch = maskBatch(fields, canvases, { dropShare: 0.3 }, new Random(1));
    const value = (model: MaskedTransformer) => tf.tidy(() => model.loss(batch).loss.dataSync()[0]);
    expect(value(whole)).toBeCloseTo(value(part), 6);
    canvases[0].label[0] = -1;
    const [of, alone] = [await whole.predict(canvases), await part.predict(canvases)];
    expect(Object.keys(of)).toEqual(['image', 'label']);
    expect(difference(of.image, alone.image)).toBeLessThan(1e-6);
    expect(difference(of.label, alone.label)).toBeLessThan(1e-6);
    whole.dispose();
    part.dispose();
  });

  it('weighs the fields, and leaves out what is not known', () => {
    const model = small();
    const random = new Random(5);
    const canvases = [draw(random), draw(random), draw(random)];
    for (const canvas of canvases) canvas.label[0] = -1;
    const masking = { fields: { image: { weight: 3 }, label: { masked: 1 } } };
    const batch = maskBatch(fields, canvases, masking, random);
    tf.tidy(() => {
      const { loss, metrics } = model.loss(batch);
      expect(Object.keys(metrics)).toEqual(['image', 'audio']);
      const [image, audio] = [metrics.image.dataSync()[0], metrics.audio.dataSync()[0]];
      expect(loss.dataSync()[0]).toBeCloseTo((3 * image + audio) / 4, 5);
    });
    model.dispose();
  });

  it('has a learned padding of the decoder’s width, and none where the class token pads', async () => {
    const [learned, classToken] = [small(), small({ padding: 'class-token' })];
    expect((await learned.stateDict()).mask_token.shape).toEqual([1, 1, 12]);
    expect(Object.keys(await classToken.stateDict())).not.toContain('mask_token');
    learned.dispose();
    classToken.dispose();
  });

  it('starts a field’s embeddings from a codebook: like codes alike, at MAGE’s scale', async () => {
    const model = small();
    const before = (await model.stateDict())['token_emb.word_embeddings.weight'].data;
    const codebook = new Random(6).normals(5 * 4);
    codebook.set(
      codebook.subarray(0, 4).map((value) => value + 1e-3),
      4,
    );
    await model.initializeEmbeddings('audio', codebook);
    const after = (await model.stateDict())['token_emb.word_embeddings.weight'].data;
    const own = after.subarray(7 * 16, 12 * 16);
    expect(after.subarray(0, 7 * 16)).toEqual(before.subarray(0, 7 * 16));
    expect(after.subarray(12 * 16)).toEqual(before.subarray(12 * 16));
    expect(Math.sqrt(own.reduce((sum, x) => sum + x * x, 0) / own.length)).toBeCloseTo(0.02, 4);
    expect(difference(own.subarray(16, 32), own.subarray(0, 16))).toBeLessThan(0.02);
    expect(difference(own.subarray(32, 48), own.subarray(0, 16))).toBeGreaterThan(0.2);
    await expect(model.initializeEmbeddings('smell', codebook)).rejects.toThrow(/No field "smell"/);
    model.dispose();
  });

  it('leaves no tensor behind', async () => {
    const model = small();
    const random = new Random(7);
    const parameters = model.trainableParameters();
    const step = () => {
      const batch = maskBatch(fields, [draw(random), draw(random)], {}, random);
      const { value, gradients } = valueAndGradients(() => model.loss(batch, { random }).loss, parameters);
      tf.dispose([value, ...gradients.values()]);
    };
    step();
    await model.predict([draw(random)]);
    const count = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) {
      step();
      await model.predict([emptyCanvas(fields)]);
    }
    expect(tf.memory().numTensors).toBe(count);
    model.dispose();
  });

  it('stops where the signal has fired', async () => {
    const model = small();
    const signal = AbortSignal.abort();
    await expect(model.predict([emptyCanvas(fields)], { signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    model.dispose();
  });

  it('learns eight pairs by heart', async () => {
    const pairs = [
      { name: 'image', grid: [1, 2], vocabulary: 8 },
      { name: 'audio', grid: [1, 2], vocabulary: 8 },
    ] as const;
    const samples = Array.from({ length: 8 }, (_, i) => ({
      image: Int32Array.from([i, (3 * i) % 8]),
      audio: Int32Array.from([(i + 5) % 8, i]),
    }));
    const model = new MaskedTransformer(
      {
        fields: pairs,
        embedDim: 16,
        depth: 1,
        numHeads: 2,
        decoderEmbedDim: 16,
        decoderDepth: 1,
        decoderNumHeads: 2,
        dropout: 0,
      },
      { random: new Random(3) },
    );
    const random = new Random(8);
    const optimizer = new AdamW(model.trainableParameters(), { betas: [0.9, 0.95], weightDecay: 0.05 });
    const batch = maskBatch(
      pairs,
      samples,
      { dropShare: 0, fields: { image: { visible: 1 }, audio: { masked: 1 } } },
      random,
    );
    const losses: number[] = [];
    for (let step = 0; step < 60; step++) {
      const { value, gradients } = valueAndGradients(
        () => model.loss(batch, { random, labelSmoothing: 0, tableGradient: true }).loss,
        model.trainableParameters(),
      );
      optimizer.step(gradients, 0.01);
      losses.push(value.dataSync()[0]);
      tf.dispose([value, ...gradients.values()]);
    }
    expect(losses[0]).toBeGreaterThan(1.9); // ln 8 = 2.08
    expect(losses[59]).toBeLessThan(0.1);
    const { audio } = await model.predict(
      samples.map(({ image }) => ({ image, audio: new Int32Array(2).fill(-1) })),
    );
    const best = Array.from({ length: 16 }, (_, row) => {
      const logits = [...audio.subarray(row * 8, (row + 1) * 8)];
      return logits.indexOf(Math.max(...logits));
    });
    expect(best).toEqual(samples.flatMap((sample) => [...sample.audio]));
    optimizer.dispose();
    model.dispose();
  });

  it('teaches the word table as the last layer only where it is asked to', () => {
    const model = small({ dropout: 0 });
    const random = new Random(9);
    // The audio is never visible: its words meet the network in the last layer alone.
    const batch = maskBatch(fields, [draw(random)], { fields: { audio: { masked: 1 } } }, random);
    const table = 'token_emb.word_embeddings.weight';
    for (const tableGradient of [false, true]) {
      const { value, gradients } = valueAndGradients(
        () => model.loss(batch, { tableGradient }).loss,
        model.trainableParameters(),
      );
      const audio = gradients
        .get(table)!
        .dataSync()
        .subarray(7 * 16, 12 * 16);
      expect(audio.some((slope) => slope !== 0)).toBe(tableGradient);
      tf.dispose([value, ...gradients.values()]);
    }
    model.dispose();
  });
});

it('rejects a checkpoint of another shape by every name', () => {
  const model = small();
  expect(() => model.loadStateDict(select(golden, 'weights.'))).toThrow(
    /shape of mask_token|mlm_layer.fc.weight/,
  );
  model.dispose();
});
