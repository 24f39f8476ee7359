import { z } from 'zod';
import {
  digitPictureAugmentation,
  digitSoundAugmentation,
  pictureAugmentation,
  soundAugmentation,
} from './augmentation-file.js';

export const count = z.int().positive();
const share = z.number().min(0).lt(1);
const fieldName = z.enum(['image', 'audio', 'label', 'voice']);

const vqModel = z.object({
  architecture: z.enum(['taming', 'maskgit']).optional(),
  ddconfig: z.looseObject({ resolution: count, in_channels: count }),
  n_embed: count,
  embed_dim: count,
});

/** What every training shares. */
export const schedule = z.strictObject({
  seed: z.int().default(0),
  steps: count,
  batchSize: count,
  learningRate: z.number().positive(),
  warmup: z.int().min(0).default(100),
  minimumRate: z.number().min(0).default(0),
  betas: z.tuple([z.number(), z.number()]),
  weightDecay: z.number().min(0).default(0),
  clipNorm: z.number().positive().optional(),
  emaDecay: z.number().min(0).max(1).optional(),
  validateEvery: count.default(500),
  checkpointEvery: count.default(200),
  /** How often a step is logged; every ten where left out. */
  logEvery: count.optional(),
});

const codebook = z.strictObject({
  decay: z.number().default(0.99),
  reviveBelow: z.number().default(0.05),
  /** What it starts as: a sample of the first batch, or the codes of `start`, where its encoder is to go on. */
  start: z.enum(['batch', 'codes']).default('batch'),
});

/** A PatchGAN that the decoder is trained against, as in taming-transformers. */
const adversarial = z.strictObject({
  /** Of the adversarial loss, times the adaptive weight. */
  weight: z.number().positive().default(0.8),
  /** Steps before the discriminator joins. */
  start: z.int().min(0).default(0),
  /** Its halvings of the picture, and its channels after the first. */
  layers: count.default(3),
  ndf: count.default(64),
  learningRate: z.number().positive(),
  betas: z.tuple([z.number(), z.number()]).default([0.5, 0.9]),
  /** The most that the adaptive weight can be: 1e4 in taming-transformers, 1 in SpecVQGAN. */
  adaptiveLimit: z.number().positive().default(1e4),
  /** The least: 0 in taming-transformers, 1 in SpecVQGAN, whose weight so never changes. */
  adaptiveMinimum: z.number().min(0).default(0),
  loss: z.enum(['hinge', 'vanilla']).default('hinge'),
});

/** The splits of a dataset that are trained on and held back; of the second the usual names are tried. */
export const splits = z
  .strictObject({ train: z.string().default('train'), validation: z.string().optional() })
  .prefault({});

/** A class that must be read from the codes, of every picture or sound that is trained on: `LabelHead`. */
const labels = z.strictObject({
  /** Of the cross-entropy, in nats, beside the reconstruction error. */
  weight: z.number().positive().default(0.1),
  /** Channels of what reads it. */
  hidden: count.default(128),
  /** Trains the encoder by it alone, without codebook and decoder, which is a third of the work. */
  alone: z.boolean().default(false),
});

const tokenizerTraining = {
  /** Folder of a dataset of pictures and mel spectrograms, relative to this file; `--dataset` goes before it. */
  dataset: z.string().optional(),
  splits,
  /** Shows every class of a dataset equally often. */
  balance: z.boolean().optional(),
  /** Folder of a trained tokenizer from whose weights this one starts; a codebook of another size is left out. */
  start: z.string().optional(),
  /** Trains the decoder alone, so that the tokens stay those of `start`. */
  decoderOnly: z.boolean().default(false),
  /** Trains the encoder alone, towards the codes of `start` and through its decoder: tokens keep their meaning. */
  encoderOnly: z.boolean().default(false),
  /** Absent: nothing is asked of the codes but the reconstruction. */
  labels: labels.optional(),
  /** Absent: the codebook is trained by the legacy loss. */
  codebook: codebook.optional(),
  /** The largest share of a piece's tokens that are replaced by others before the decoder, in training. */
  tokenNoise: share.optional(),
  /** Absent: the decoder is trained on its reconstructions' error alone. */
  adversarial: adversarial.optional(),
  training: schedule,
};

/** Of the perceptual loss beside the reconstruction error. */
const weight = z.number().positive().default(1);

/** LPIPS on VGG16, the perceptual loss of taming-transformers; checkpoints as published, relative to this file. */
const lpips = z.strictObject({
  /** Torchvision's VGG16. */
  vgg16: z.string(),
  /** The linear layers of LPIPS's authors, `vgg.pth`. */
  linear: z.string(),
  weight,
});

/**
 * The features of a classifier, as SpecVQGAN's LPAPS compares mel spectrograms: a folder that
 * `visual-echoes evaluate --train-classifiers --dataset` made, relative to this file. Figures by the same classifier would
 * be of what was trained for: train one with another `--seed` for them.
 */
const ofClassifier = z.strictObject({ classifiers: z.string(), weight });

export const imageTokenizerFile = z.strictObject({
  configuration: vqModel,
  /** Folder of pictures, in folders of classes or not, relative to this file; `--pictures` goes before it. */
  pictures: z.string().optional(),
  picture: z.strictObject({ width: count, height: count, channels: z.literal([1, 3]) }),
  /** How pictures are varied, anew each time: those of a dataset, or MNIST's. */
  augmentation: pictureAugmentation.default({}),
  /** Absent: pictures are compared by their pixels alone. */
  perceptual: z.union([lpips, ofClassifier]).optional(),
  ...tokenizerTraining,
});

export const mel = z.looseObject({
  sampleRate: count,
  hopLength: count,
  melBands: count,
  firstFrames: count,
});
export const speech = z.looseObject({ sampleRate: count, samples: count });

export const audioTokenizerFile = z.strictObject({
  configuration: vqModel,
  mel,
  /** How sounds become clips: speech, as in the digits model, or the whole length of a dataset's clips. */
  preprocessing: z.union([
    speech,
    z.looseObject({ type: z.literal('clip'), sampleRate: count, seconds: z.number().positive() }),
  ]),
  /** How sounds are varied, anew each time: the mel spectrograms of a dataset, or spoken digits. */
  augmentation: soundAugmentation.default({}),
  /** Absent: mel spectrograms are compared by their values alone. */
  perceptual: ofClassifier.optional(),
  ...tokenizerTraining,
});

const ratio = z.strictObject({
  mean: z.number(),
  standardDeviation: z.number(),
  low: z.number(),
  high: z.number(),
});

export const masking = z
  .strictObject({
    ratio,
    joint: z.boolean(),
    drop: z.enum(['any', 'masked']),
    dropShare: z.number(),
    fields: z.partialRecord(
      fieldName,
      z.strictObject({ visible: z.number(), masked: z.number(), weight: z.number(), ratio }).partial(),
    ),
  })
  .partial();

/** What every training of a transformer shares, whatever its tokens come from. */
export const transformerTraining = {
  /** Folder of a trained transformer of the same configuration and tokenizers, from whose weights this one starts. */
  start: z.string().optional(),
  /**
   * Of which fields the sequence of a training step is made: one of these, drawn by weight; what its
   * own masking says goes before the common one. All fields where left out.
   */
  views: z
    .array(
      z.strictObject({
        fields: z.array(fieldName).min(1),
        weight: z.number().positive(),
        masking: masking.optional(),
      }),
    )
    .min(1)
    .optional(),
  masking,
  labelSmoothing: z.number().min(0).max(1).default(0.1),
  /** The mass that goes from the true code to those near it in the codebook, instead of label smoothing. */
  similarCodes: z.strictObject({ image: share, audio: share }).partial().default({}),
  /** Of the words' and positions' start values; 0.02 in MAGE, whose width is 768. */
  embeddingDeviation: z.number().positive().default(0.02),
  /** What the position embeddings start from: noise as in MAGE, or sines over each field's grid. */
  positions: z.enum(['noise', 'sines']).default('noise'),
  /** Whether the word table also learns as the last layer; not so in MAGE. */
  tableGradient: z.boolean().default(false),
  /** For the matrices inside the blocks; all else goes by AdamW. */
  optimizer: z.enum(['adamw', 'muon']).default('adamw'),
};

/** Griffin-Lim, or the folder of a trained vocoder, relative to this file, and what else the manifest says of it. */
export const modelVocoder = z.union([
  z.looseObject({ type: z.literal('griffin-lim') }),
  z.strictObject({ folder: z.string(), melMatching: z.looseObject({}).optional() }),
]);

export const transformerFile = z.strictObject({
  /** Folders of the tokenizers' training runs, or of a model, relative to this file. */
  imageTokenizer: z.string(),
  audioTokenizer: z.string(),
  configuration: z.looseObject({ embedDim: count, depth: count }),
  /** How many differently augmented forms of each picture and recording are tokenized. */
  variants: z.strictObject({ image: count, audio: count }).default({ image: 1, audio: 1 }),
  /** How the forms differ; as the tokenizers were trained where left out. */
  pictureAugmentation: digitPictureAugmentation.optional(),
  soundAugmentation: digitSoundAugmentation.optional(),
  ...transformerTraining,
  training: schedule,
  /** What the model folder says of itself. */
  model: z.strictObject({
    name: z.string(),
    classes: z.strictObject({ field: z.string(), names: z.array(z.string()) }),
    sampling: z.record(z.string(), z.looseObject({})),
    vocoder: modelVocoder,
    license: z.string(),
    attribution: z.array(z.string()),
  }),
});

export type ImageTokenizerFile = z.infer<typeof imageTokenizerFile>;
export type AudioTokenizerFile = z.infer<typeof audioTokenizerFile>;
export type TransformerFile = z.infer<typeof transformerFile>;
export type PerceptualFile = z.infer<typeof lpips> | z.infer<typeof ofClassifier>;
export type LabelsFile = z.infer<typeof labels>;
export type Adversarial = z.infer<typeof adversarial>;
export type Schedule = z.infer<typeof schedule>;
export type TransformerTrainingFile = Pick<TransformerFile, keyof typeof transformerTraining>;
