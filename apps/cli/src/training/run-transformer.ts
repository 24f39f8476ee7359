import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type Canvas, Random, type StateDict, type TokenField } from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import { AdamW, Muon, train, WeightEma, warmupCosine } from '@visual-echoes/core/training';
import {
  MaskedTransformer,
  type MaskedTransformerConfiguration,
  type MaskingOptions,
  maskBatch,
  similarCodes,
} from '@visual-echoes/masked-transformer';
import type { DataFolders } from '../data/data-folders.js';
import { readVoices } from '../data/fsdd.js';
import type { RunOptions } from './run-options.js';
import { cachedTokenSets, TokenBank } from './token-bank.js';
import {
  loadAudioTokenizer,
  loadImageTokenizer,
  tokenizePictures,
  tokenizeSounds,
} from './tokenize-digits.js';
import type { TransformerFile } from './training-file.js';
import { validationFigures } from './validation-figures.js';
import { writeModelFolder } from './write-model-folder.js';

/** Ten digits. */
const CLASSES = 10;

/**
 * Trains the transformer over image, audio, label and voice, and writes the whole model into `out/model`; returns the averaged
 * weights where there is an average.
 */
export async function runTransformer(
  file: TransformerFile,
  beside: (path: string) => string,
  out: string,
  data: DataFolders,
  run: RunOptions,
): Promise<{ state: StateDict; configuration: MaskedTransformerConfiguration }> {
  const image = await loadImageTokenizer(beside(file.imageTokenizer));
  const audio = await loadAudioTokenizer(beside(file.audioTokenizer));
  const { seed } = file.training;
  const pictures = await cachedTokenSets(join(out, 'picture-tokens.safetensors'), () =>
    tokenizePictures(image, data, { variants: file.variants.image, seed }),
  );
  const voices = await readVoices(data.fsdd);
  const sounds = await cachedTokenSets(join(out, 'sound-tokens.safetensors'), () =>
    tokenizeSounds(audio, data, {
      variants: file.variants.audio,
      seed,
      voices,
      augmentation: file.soundAugmentation,
    }),
  );
  const fields: TokenField[] = [
    { name: 'image', grid: image.tokenizer.grid, vocabulary: image.tokenizer.vocabulary },
    { name: 'audio', grid: audio.tokenizer.grid, vocabulary: audio.tokenizer.vocabulary },
    { name: 'label', grid: [1, 1], vocabulary: CLASSES },
    { name: 'voice', grid: [1, 1], vocabulary: voices.length },
  ];
  const configuration = { ...file.configuration, fields } as unknown as MaskedTransformerConfiguration;
  const model = new MaskedTransformer(configuration, {
    random: new Random(seed).fork('weights'),
    embeddingDeviation: file.embeddingDeviation,
    positions: file.positions,
  });
  const targets: Record<string, tf.Tensor2D> = {};
  for (const [name, { tokenizer }] of [
    ['image', image],
    ['audio', audio],
  ] as const) {
    const codes = await tokenizer.model.quantize.embedding.weight.data();
    await model.initializeEmbeddings(name, codes, { random: new Random(seed).fork('embeddings', name) });
    const mass = file.similarCodes[name];
    const { vocabulary } = tokenizer;
    if (mass) {
      const rows = similarCodes(codes, vocabulary, mass);
      targets[name] = tf.tensor2d(rows, [vocabulary, vocabulary]);
    }
  }
  if (file.start) {
    model.loadStateDict(await readStateFile(join(beside(file.start), 'weights.safetensors')));
  }
  const state = await trainTransformer(
    model,
    { ...file, targets },
    new TokenBank(pictures.train, sounds.train),
    new TokenBank(pictures.validation, sounds.validation),
    run,
  );
  tf.dispose(targets);
  await writeModelFolder(
    join(out, 'model'),
    { image, audio, voices, transformer: { state, configuration } },
    file.model,
    beside,
  );
  return { state, configuration };
}

async function trainTransformer(
  model: MaskedTransformer,
  {
    training,
    views,
    masking,
    labelSmoothing,
    targets,
    tableGradient,
    optimizer: optimizerName,
  }: TransformerFile & { targets: Record<string, tf.Tensor2D> },
  bank: TokenBank,
  validation: TokenBank,
  run: RunOptions,
): Promise<StateDict> {
  const { steps, batchSize, learningRate, warmup, minimumRate, betas, weightDecay, clipNorm, emaDecay } =
    training;
  const weights = model.trainableParameters();
  const adamW = { betas, weightDecay };
  const optimizer =
    optimizerName === 'muon'
      ? new Muon(weights, { orthogonalizes: isInsideBlock, weightDecay, adamW })
      : new AdamW(weights, adamW);
  const ema = emaDecay ? new WeightEma(weights, { decay: emaDecay }) : undefined;
  const draw = (from: TokenBank, count: number, random: Random): Canvas[] =>
    Array.from({ length: count }, () => from.drawPair(random));
  const held = draw(validation, 256, new Random(training.seed).fork('validation'));
  await train({
    module: model,
    optimizer,
    ema,
    steps,
    seed: training.seed,
    learningRate: warmupCosine({ base: learningRate, warmup, total: steps, minimum: minimumRate }),
    clipNorm,
    loss: (_, random) => {
      const view = drawView(views, random);
      const canvases = draw(bank, batchSize, random).map((canvas) => only(canvas, view?.fields));
      const fields = { ...masking.fields, ...view?.masking?.fields };
      const options = { ...masking, ...view?.masking, fields } as MaskingOptions;
      const batch = maskBatch(model.fields, canvases, options, random);
      return model.loss(batch, { random, labelSmoothing, targets, tableGradient });
    },
    validate: { every: training.validateEvery, run: () => validationFigures(model, held) },
    checkpoints: { store: run.store, every: training.checkpointEvery },
    ...run,
  });
  ema?.swap();
  const state = await model.stateDict();
  optimizer.dispose();
  ema?.dispose();
  return state;
}

const isInsideBlock = (name: string) => /blocks\.\d+\./.test(name);

/** What one training step sees; undefined for all fields. */
function drawView(views: TransformerFile['views'] = [], random: Random) {
  let left = random.uniform() * views.reduce((sum, { weight }) => sum + weight, 0);
  return views.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}

const only = (canvas: Canvas, names?: readonly string[]): Canvas =>
  names ? Object.fromEntries(names.map((name) => [name, canvas[name]])) : canvas;
