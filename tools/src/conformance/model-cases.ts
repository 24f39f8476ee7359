import * as tf from '@tensorflow/tfjs-core';
import {
  type Canvas,
  discriminatorLoss,
  emptyCanvas,
  Lpips,
  Parameter,
  PatchDiscriminator,
  positionsOf,
  Random,
  VectorQuantizer,
  VqModel,
  type VqModelConfiguration,
  vqModelLoss,
} from '@visual-echoes/core';
import { AdamW, EmaCodebook } from '@visual-echoes/core/training';
import { MaskedTransformer, maskBatch } from '@visual-echoes/masked-transformer';
import { sample } from '@visual-echoes/sampler';
import { type ConformanceCase, readGradients, readTensor } from './conformance-case.js';

/** A codebook this wide has no codes that lie as near to a vector as rounding. */
const spread = (quantizer: VectorQuantizer, random: Random) =>
  quantizer.embedding.weight.set(random.normals(quantizer.codes * quantizer.dimension));

function quantizerCase(codebookLoss: 'legacy' | 'commitment'): ConformanceCase {
  return {
    name: `vector quantizer, ${codebookLoss} loss`,
    async run() {
      const random = new Random(2);
      const quantizer = new VectorQuantizer(19, 5, { random });
      spread(quantizer, random);
      const shape = [3, 4, 7, 5] as const;
      const z = new Parameter(shape, (length) => random.normals(length));
      const dy = random.normals(z.size);
      const forward = () => quantizer.forward(z.value as unknown as tf.Tensor4D, { codebookLoss });
      const loss = () => {
        const { quantized, loss } = forward();
        return tf.add(tf.sum(tf.mul(quantized, tf.tensor(dy, [...shape]))), tf.mul(loss, 50)) as tf.Scalar;
      };
      // By the commitment loss the codebook has no gradient.
      const parameters = new Map([
        ['z', z],
        ...(codebookLoss === 'legacy' ? quantizer.namedParameters() : []),
      ]);
      const outcome = {
        forward: {
          quantized: await readTensor(() => forward().quantized),
          loss: await readTensor(() => forward().loss),
        },
        exact: { indices: await readTensor(() => forward().indices) },
        gradients: (await readGradients(loss, parameters)).gradients,
      };
      quantizer.dispose();
      z.dispose();
      return outcome;
    },
  };
}

interface VqModelCaseOptions {
  height: number;
  width: number;
  channels: number;
  multipliers: number[];
  attention: number[];
}

/** The smallest VQGAN with every part: residual blocks, attention, down- and up-sampling. */
export const tinyVqConfiguration = ({
  height,
  width,
  channels,
  multipliers,
  attention,
}: VqModelCaseOptions): VqModelConfiguration => ({
  ddconfig: {
    z_channels: 16,
    resolution: Math.max(height, width),
    in_channels: channels,
    out_ch: channels,
    ch: 16,
    ch_mult: multipliers,
    num_res_blocks: 1,
    attn_resolutions: attention,
    norm_groups: 16,
  },
  n_embed: 24,
  embed_dim: 8,
});

function vqModelCase(name: string, options: VqModelCaseOptions): ConformanceCase {
  return {
    name,
    async run() {
      const { height, width, channels } = options;
      const random = new Random(3).fork(name);
      const model = new VqModel(tinyVqConfiguration(options), { random });
      spread(model.quantize, random);
      const shape: [number, number, number, number] = [2, height, width, channels];
      const values = random.uniforms(2 * height * width * channels, -1, 1);
      const grid = [height / model.downsampling, width / model.downsampling] as const;
      const positions = grid[0] * grid[1];
      const codes = Int32Array.from({ length: 2 * positions }, () => random.integer(model.quantize.codes));
      const input = () => tf.tensor4d(values, shape);
      const { value, gradients } = await readGradients(
        () => vqModelLoss(model, input()).loss,
        model.trainableParameters(),
      );
      const outcome = {
        forward: {
          vectors: await readTensor(() => model.preQuantize(input())),
          decoded: await readTensor(() =>
            model.decodeIndices(tf.tensor2d(codes, [2, positions], 'int32'), grid),
          ),
          loss: value,
        },
        exact: { indices: await readTensor(() => model.encode(input()).indices) },
        gradients,
      };
      model.dispose();
      return outcome;
    },
  };
}

/** A step of a VQGAN against its discriminator, with a perceptual loss. */
function adversarialCase(architecture: 'taming' | 'maskgit'): ConformanceCase {
  return {
    name: `adversarial step, ${architecture}`,
    async run() {
      const random = new Random(8);
      const size = { height: 32, width: 32, channels: 3, multipliers: [1, 2], attention: [] };
      const configuration = { ...tinyVqConfiguration(size), architecture, embed_dim: 16 };
      const model = new VqModel(configuration, { random });
      spread(model.quantize, random);
      const discriminator = new PatchDiscriminator({ input_nc: 3, ndf: 4, n_layers: 2 }, { random });
      const lpips = new Lpips({ widths: [3, 4, 4, 5, 5], random });
      const x = tf.tensor4d(random.uniforms(2 * 32 * 32 * 3, -1, 1), [2, 32, 32, 3]);
      let decoded: tf.Tensor4D | undefined;
      const weights: tf.Scalar[] = [];
      const ours = await readGradients(() => {
        const adversary = { discriminator, weight: 0.8 };
        const perceptual = (a: tf.Tensor4D, b: tf.Tensor4D) => lpips.loss(a, b);
        const result = vqModelLoss(model, x, { adversary, perceptual });
        decoded = tf.keep(tf.clone(result.decoded));
        weights.push(tf.keep(tf.clone(result.metrics.adversarialWeight!)));
        return result.loss;
      }, model.trainableParameters());
      const theirs = await readGradients(
        () => discriminatorLoss(discriminator, x, decoded!, { form: 'vanilla' }).loss,
        discriminator.trainableParameters(),
      );
      const outcome = {
        forward: {
          loss: ours.value,
          decoded: await decoded!.data(),
          weight: await weights[0].data(),
          discriminator: theirs.value,
          variance: await discriminator.namedParameters().get('main.3.running_var')!.data(),
        },
        gradients: { ...ours.gradients, ...theirs.gradients },
      };
      tf.dispose([x, decoded!, ...weights]);
      for (const module of [model, discriminator, lpips]) module.dispose();
      return outcome;
    },
  };
}

/** A transformer of three fields, one of them a label, and one whose grid is not square. */
export const tinyTransformer = (random: Random) =>
  new MaskedTransformer(
    {
      fields: [
        { name: 'image', grid: [3, 3], vocabulary: 13 },
        { name: 'audio', grid: [2, 5], vocabulary: 17 },
        { name: 'label', grid: [1, 1], vocabulary: 5 },
      ],
      embedDim: 24,
      depth: 2,
      numHeads: 3,
      decoderEmbedDim: 20,
      decoderDepth: 2,
      decoderNumHeads: 2,
    },
    { random },
  );

/** Canvases with every token known. */
export const randomCanvases = (model: MaskedTransformer, count: number, random: Random): Canvas[] =>
  Array.from({ length: count }, () =>
    Object.fromEntries(
      model.fields.map((field) => [
        field.name,
        Int32Array.from({ length: positionsOf(field) }, () => random.integer(field.vocabulary)),
      ]),
    ),
  );

/** A tiny transformer: from its start values its gradients are all but zero, and its logits alike. */
async function shakenTransformer(random: Random): Promise<MaskedTransformer> {
  const model = tinyTransformer(random);
  for (const parameter of model.namedParameters().values()) {
    const noise = random.normals(parameter.size, 0, 0.2);
    parameter.set((await parameter.data()).map((x, i) => x + noise[i]));
  }
  return model;
}

/** Where the engine draws by itself, the tokens are those that the sampler draws of the reference's logits. */
const sampling: ConformanceCase = {
  name: 'sampling, guided and not',
  async run() {
    const model = await shakenTransformer(new Random(14));
    const [{ image }] = randomCanvases(model, 1, new Random(15));
    const canvases = [{ ...emptyCanvas(model.fields), image }, emptyCanvas(model.fields)];
    const exact: Record<string, number[]> = {};
    for (const [name, options] of Object.entries({
      guided: { steps: 6, guidance: { scale: 2.5 }, temperature: 1.3 },
      free: { steps: 3, temperature: 0.8 },
      filtered: { steps: 4, topK: 4 },
    })) {
      const made = await sample(model, { canvases, seed: 16, ...options });
      exact[name] = made.flatMap((canvas) => Object.values(canvas).flatMap((tokens) => [...tokens]));
    }
    model.dispose();
    return { exact };
  },
};

function transformerCase(options: { tableGradient: boolean }): ConformanceCase {
  return {
    name: `masked transformer of three fields${options.tableGradient ? ', its table learning as last layer' : ''}`,
    async run() {
      const random = new Random(4);
      const model = await shakenTransformer(random);
      const canvases = randomCanvases(model, 3, random);
      const batch = maskBatch(model.fields, canvases, { fields: { label: { masked: 0.5 } } }, random);
      const loss = () => model.loss(batch, { random: new Random(5), ...options }).loss;
      const { value, gradients } = await readGradients(loss, model.trainableParameters());
      const asked = canvases.map((canvas, i) => ({
        ...emptyCanvas(model.fields),
        ...(i > 0 ? { image: canvas['image'] } : {}),
      }));
      const outcome = { forward: { loss: value, ...(await model.predict(asked)) }, gradients };
      model.dispose();
      return outcome;
    },
  };
}

const adamW: ConformanceCase = {
  name: 'AdamW, five steps with decay',
  async run() {
    const random = new Random(6);
    const weight = new Parameter([7, 5], (length) => random.normals(length));
    const bias = new Parameter([7], (length) => random.normals(length));
    const parameters = new Map([
      ['weight', weight],
      ['bias', bias],
    ]);
    const optimizer = new AdamW(parameters, { betas: [0.9, 0.95], weightDecay: 0.05 });
    for (let step = 1; step <= 5; step++) {
      const gradients = new Map(
        [...parameters].map(([name, { value, size }]) => [
          name,
          tf.tensor(random.normals(size), value.shape),
        ]),
      );
      optimizer.step(gradients, 0.1 / step);
      tf.dispose([...gradients.values()]);
    }
    const state = await optimizer.stateDict();
    const outcome = {
      forward: {
        weight: await weight.data(),
        bias: await bias.data(),
        ...Object.fromEntries(Object.entries(state).map(([name, { data }]) => [name, data])),
      },
    };
    optimizer.dispose();
    for (const parameter of parameters.values()) parameter.dispose();
    return outcome;
  },
};

const emaCodebook: ConformanceCase = {
  name: 'EMA codebook, four updates',
  async run() {
    const random = new Random(7);
    const quantizer = new VectorQuantizer(9, 5, { random });
    const codebook = new EmaCodebook(quantizer, { decay: 0.8, reviveBelow: 0.2 });
    const revived: number[] = [];
    const taken: number[] = [];
    for (let step = 1; step <= 4; step++) {
      const vectors = tf.tensor2d(random.normals(33 * 5), [33, 5]);
      const indices = tf.tidy(() => tf.clone(quantizer.nearest(vectors)));
      taken.push(...(await indices.data()));
      revived.push(await codebook.update(vectors, indices, random));
      tf.dispose([vectors, indices]);
    }
    const outcome = {
      forward: {
        counts: await codebook.counts.data(),
        sums: await codebook.sums.data(),
        codes: await quantizer.embedding.weight.data(),
      },
      exact: { indices: taken, revived },
    };
    quantizer.dispose();
    codebook.dispose();
    return outcome;
  },
};

/** Every model and part of the training, as small as it can be. */
export const modelCases: readonly ConformanceCase[] = [
  quantizerCase('legacy'),
  quantizerCase('commitment'),
  vqModelCase('VQGAN of pictures 32×32', {
    height: 32,
    width: 32,
    channels: 1,
    multipliers: [1, 1, 2],
    attention: [8],
  }),
  vqModelCase('VQGAN of mels 64×64', {
    height: 64,
    width: 64,
    channels: 1,
    multipliers: [1, 1, 2, 2],
    attention: [],
  }),
  vqModelCase('VQGAN of colour pictures 80×32', {
    height: 80,
    width: 32,
    channels: 3,
    multipliers: [1, 1, 2, 2],
    attention: [10],
  }),
  adversarialCase('taming'),
  adversarialCase('maskgit'),
  transformerCase({ tableGradient: false }),
  transformerCase({ tableGradient: true }),
  sampling,
  adamW,
  emaCodebook,
];
