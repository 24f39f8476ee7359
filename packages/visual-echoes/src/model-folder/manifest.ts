import { ConfigurationError } from '@visual-echoes/core';
import { z } from 'zod';

/** The file that says what a model folder holds. */
export const MANIFEST_FILE = 'visual-echoes.json';

// What is made from here on compiles nothing: a page's strict policy forbids that, and reports even the attempt.
const { jitless: before } = z.config();
z.config({ jitless: true });

const count = z.int().positive();
const finite = z.number();

/** A file beside the manifest; nothing that could lead out of the folder. */
const fileName = z.string().regex(/^[\w-][\w.-]*$/, 'must be the name of a file in the model folder');

const vqModel = z.object({
  architecture: z.literal(['taming', 'maskgit']).optional(),
  ddconfig: z.object({
    double_z: z.boolean().optional(),
    z_channels: count,
    resolution: count,
    in_channels: count,
    out_ch: count,
    ch: count,
    ch_mult: z.array(count),
    num_res_blocks: count,
    attn_resolutions: z.array(count),
    dropout: finite.optional(),
    norm_groups: count.optional(),
  }),
  n_embed: count,
  embed_dim: count,
});

const image = z.object({
  type: z.literal('vqgan'),
  weights: fileName,
  configuration: vqModel,
  picture: z.object({ width: count, height: count, channels: z.literal([1, 3]) }),
  preprocessing: z.object({ type: z.literal(['mnist', 'cover', 'none']) }).default({ type: 'none' }),
});

const mel = z.object({
  sampleRate: count,
  fftSize: count,
  hopLength: count,
  windowLength: count,
  window: z.literal('hann'),
  center: z.boolean(),
  power: z.literal([1, 2]),
  melBands: count,
  fMin: finite,
  fMax: finite,
  melScale: z.literal(['slaney', 'htk']),
  norm: z.literal(['slaney', null]),
  scaling: z.object({ minDb: finite, maxDb: finite, floor: finite }),
  firstFrames: count.nullable(),
  centerFrames: count.nullable(),
  /** Of the model's mel spectrograms. */
  frames: count,
});

const speech = z.object({
  type: z.literal('speech'),
  sampleRate: count,
  samples: count,
  onset: finite,
  tail: finite,
  threshold: finite,
  longestPause: finite,
  highPass: finite,
  noiseReduction: finite,
  level: finite,
  maxDuration: finite,
});

const clip = z.object({ type: z.literal('clip'), sampleRate: count, seconds: finite.positive().max(60) });

const input = z.literal(['unit', 'log10', 'ln']).optional();

/** That sounds are matched to their mels after the vocoder, and how (`matchMel`). */
const melMatching = z
  .object({ iterations: count.optional(), momentum: finite.min(0).max(1).optional() })
  .optional();

const vocoder = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('griffin-lim'),
    iterations: count.optional(),
    momentum: finite.optional(),
    phase: z.literal(['random', 'zero']).optional(),
    target: z.literal(['magnitudes', 'mel']).optional(),
  }),
  z.object({
    type: z.literal('hifigan'),
    weights: fileName,
    configuration: z.object({
      resblock: z.literal(['1', '2']),
      upsample_rates: z.array(count),
      upsample_kernel_sizes: z.array(count),
      upsample_initial_channel: count,
      resblock_kernel_sizes: z.array(count),
      resblock_dilation_sizes: z.array(z.array(count)),
      num_mels: count.optional(),
    }),
    input,
    melMatching,
  }),
  z.object({
    type: z.literal('melgan'),
    weights: fileName,
    configuration: z.object({
      input_size: count,
      ngf: count,
      n_residual_layers: count,
      ratios: z.array(count).optional(),
    }),
    input,
    melMatching,
  }),
  z.object({
    type: z.literal('vocos'),
    weights: fileName,
    configuration: z.object({
      input_channels: count,
      dim: count,
      intermediate_dim: count,
      num_layers: count,
      n_fft: count,
      hop_length: count,
      padding: z.literal(['center', 'same']).optional(),
    }),
    input,
    melMatching,
  }),
]);

const audio = z.object({
  type: z.literal('specvqgan'),
  weights: fileName,
  configuration: vqModel,
  mel,
  preprocessing: z.discriminatedUnion('type', [speech, clip]),
  vocoder,
});

const transformer = z.object({
  type: z.literal('mage'),
  weights: fileName,
  configuration: z.object({
    fields: z.array(z.object({ name: z.string(), grid: z.tuple([count, count]), vocabulary: count })),
    embedDim: count,
    depth: count,
    numHeads: count,
    decoderEmbedDim: count,
    decoderDepth: z.int().min(0),
    decoderNumHeads: count,
    mlpRatio: finite.optional(),
    dropout: finite.optional(),
    blockDropout: finite.optional(),
    padding: z.literal(['learned', 'class-token']).optional(),
    vocabularySize: count.optional(),
    classToken: z.int().optional(),
    maskToken: z.int().optional(),
  }),
});

const perField = z.union([finite, z.record(z.string(), finite)]);

const sampling = z.strictObject({
  steps: perField.optional(),
  order: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('confidence'), temperature: perField.optional() }),
      z.strictObject({ type: z.literal('halton'), offset: z.int().optional() }),
    ])
    .optional(),
  schedule: z.string().optional(),
  plan: z
    .array(
      z.strictObject({
        fix: z.record(z.string(), z.union([z.int().min(0), z.literal('rest')])),
        guidance: perField.optional(),
      }),
    )
    .optional(),
  guidance: z
    .strictObject({
      scale: perField.optional(),
      growth: z.literal(['constant', 'linear', 'cosine']).optional(),
      interval: z.tuple([finite, finite]).optional(),
      fields: z.array(z.string()).optional(),
    })
    .optional(),
  temperature: perField.optional(),
  topK: perField.optional(),
  topP: perField.optional(),
  stages: z
    .array(
      z.union([
        z.array(z.string()),
        z.strictObject({ fill: z.array(z.string()), given: z.array(z.string()).optional() }),
      ]),
    )
    .optional(),
  /** What a given picture is also seen as when its class is read: moved by pixels to each side, warped both ways, mirrored. */
  views: z
    .strictObject({
      image: z.strictObject({
        shift: count.optional(),
        rotate: finite.positive().optional(),
        scale: finite.positive().lt(1).optional(),
        shear: finite.positive().optional(),
        mirror: z.boolean().optional(),
      }),
    })
    .optional(),
  /** Below which probability of its class, as the transformer reads it, a result is drawn again, and how often at most. */
  rejection: z
    .strictObject({ threshold: finite.min(0).max(1).optional(), attempts: count.optional() })
    .optional(),
});

const namedField = z.object({ field: z.string(), names: z.array(z.string()).min(1) });

const absent = { error: 'is missing: train it, or bring it by visual-echoes convert' };
const parts = z.object({
  image: image.optional(),
  audio: audio.optional(),
  transformer: transformer.optional(),
});
const wholeParts = z.object({
  image: z.custom((part) => part !== undefined, absent).pipe(image),
  audio: z.custom((part) => part !== undefined, absent).pipe(audio),
  transformer: z.custom((part) => part !== undefined, absent).pipe(transformer),
});

const partialManifest = z.object({
  format: z.literal(1, {
    error: ({ input }) => `${JSON.stringify(input)} is not 1, the format read here; update visual-echoes`,
  }),
  name: z.string(),
  parts,
  /** The field of one token that holds the class, and the names of its values. */
  classes: namedField.optional(),
  /** Likewise for the voices of its sounds. */
  voices: namedField.optional(),
  sampling: z
    .object({ imageToAudio: sampling, audioToImage: sampling, coGenerate: sampling, complete: sampling })
    .partial()
    .default({}),
  license: z.string().optional(),
  attribution: z.array(z.string()).default([]),
});

const manifest = partialManifest.extend({ parts: wholeParts });

z.config({ jitless: before }); // other programs' schemas are theirs

/** What `visual-echoes.json` says: what each part is, how it is sampled, its licence. */
export type ModelManifest = z.infer<typeof manifest>;

/** The same of a folder that is being put together and need not hold every part. */
export type PartialModelManifest = z.infer<typeof partialManifest>;

/** Which vocoder makes sounds of mels, and what with. */
export type VocoderSettings = z.infer<typeof vocoder>;

/** A field of one token and the names of its values. */
export type NamedField = z.infer<typeof namedField>;

/** The sampling settings of one task, as the file has them. */
export type SamplingSettings = z.infer<typeof sampling>;

/** The tasks that a model folder has settings for. */
export type TaskName = 'imageToAudio' | 'audioToImage' | 'coGenerate' | 'complete';

/**
 * Reads a model folder's `visual-echoes.json`.
 * @param name what error messages call the file.
 * @throws ConfigurationError that names the first entry which cannot be.
 */
export const parseManifest = (text: string, name = MANIFEST_FILE): ModelManifest =>
  parse(text, name, manifest);

/** The same, where parts may be missing. */
export const parsePartialManifest = (text: string, name = MANIFEST_FILE): PartialModelManifest =>
  parse(text, name, partialManifest);

function parse<T extends PartialModelManifest>(text: string, name: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(
      `${name} is not JSON (${(cause as Error).message}). Download or write the model folder again.`,
      { cause },
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new ConfigurationError(`${name}: ${path.join('.') || 'the file'}: ${message}.`);
  }
  checkAgreement(parsed.data, name);
  return parsed.data;
}

/** Throws where one entry contradicts another. */
function checkAgreement({ parts, classes, voices, sampling }: PartialModelManifest, name: string): void {
  const fail = (entry: string, why: string): never => {
    throw new ConfigurationError(`${name}: ${entry}: ${why}.`);
  };
  if (parts.audio && parts.audio.preprocessing.sampleRate !== parts.audio.mel.sampleRate) {
    const { mel, preprocessing } = parts.audio;
    fail(
      'parts.audio.preprocessing.sampleRate',
      `${preprocessing.sampleRate} is not mel's ${mel.sampleRate}`,
    );
  }
  for (const [task, settings] of Object.entries(sampling)) {
    for (const entry of ['views', 'rejection'] as const) {
      if (settings[entry] && !classes) fail(`sampling.${task}.${entry}`, 'there are no classes to read');
    }
  }
  if (!parts.transformer) return;
  const { fields } = parts.transformer.configuration;
  const entry = 'parts.transformer.configuration.fields';
  for (const [part, { configuration }] of Object.entries({
    ...(parts.image && { image: parts.image }),
    ...(parts.audio && { audio: parts.audio }),
  })) {
    const field = fields.find((one) => one.name === part);
    if (!field) fail(entry, `there is no field "${part}"`);
    else if (field.vocabulary !== configuration.n_embed) {
      fail(
        entry,
        `"${part}" has ${field.vocabulary} tokens and its tokenizer ${configuration.n_embed} codes`,
      );
    }
  }
  for (const [entry, named] of Object.entries({ classes, voices })) {
    if (!named) continue;
    const field = fields.find((one) => one.name === named.field);
    if (!field) fail(`${entry}.field`, `the transformer has no field "${named.field}"`);
    else if (field.grid.join() !== '1,1')
      fail(`${entry}.field`, `"${field.name}" is not a field of one token`);
    else if (field.vocabulary !== named.names.length) {
      fail(`${entry}.names`, `${named.names.length} names for ${field.vocabulary} ${entry}`);
    }
  }
}
