import * as tf from '@tensorflow/tfjs-core';
import {
  type Canvas,
  type DrawnTokens,
  dropout,
  type FieldDraws,
  fusedKernel,
  type Initializer,
  InvalidInputError,
  LayerNorm,
  type Linear,
  Module,
  normal,
  Parameter,
  Random,
  ShapeError,
  type TokenField,
  throwIfCancelled,
  UNKNOWN,
} from '@visual-echoes/core';
import { Block, linear } from './block.js';
import {
  type FieldLayout,
  layOut,
  type MaskedTransformerConfiguration,
  type ResolvedConfiguration,
  resolveConfiguration,
} from './configuration.js';
import { tiedCrossEntropy, tiedLogits } from './cross-entropy.js';
import { drawFields, readDraws } from './draw-fields.js';
import { concatTokens, fieldsOf, type MaskedBatch } from './mask-batch.js';
import {
  askedPositions,
  decoderSource,
  encoderInput,
  type PresentField,
  presentFields,
  totalPositions,
} from './sequence.js';
import { sinePositions } from './sine-positions.js';
import { MlmLayer, TokenEmbedding } from './token-embedding.js';

export interface LossOptions {
  /** Draws the dropout; without it nothing is dropped out, as in evaluation. */
  random?: Random;
  /** Mass that label smoothing takes from the true code; 0.1 in MAGE. */
  labelSmoothing?: number;
  /** By field, the distribution to learn where a code is the true one, `[V, V]`, instead of label smoothing's. */
  targets?: Readonly<Record<string, tf.Tensor2D>>;
  /**
   * Whether the word table also learns as the last layer. Not so in MAGE; but the logits of a narrow model are then
   * small (their deviation is 0.02·√D), and grow only as the normalization before the table does.
   */
  tableGradient?: boolean;
  /**
   * The batch that this one is a part of (`splitBatch`). Loss and metrics are then the part's shares of the whole's,
   * so that those of all parts add up to what the whole would give.
   */
  whole?: MaskedBatch;
}

export interface MaskedLoss {
  /** Σ weight · field loss / Σ weight over the fields that were asked, in nats a token. */
  loss: tf.Scalar;
  /** Each field's own, the mean over its asked positions; a field without any is absent. */
  metrics: Record<string, tf.Scalar>;
}

/** Of sines before the decoder, half as large as what comes from the encoder beside them. */
const DECODER_SINES = 0.5;

/**
 * MAGE's masked encoder–decoder (Li et al. 2023) over any number of token fields. The sequence is a class token and
 * the fields' positions one after the other, N = 1 + L; one word table holds the codes of all fields.
 *
 * @example
 * const fields = [{ name: 'image', grid: [2, 2], vocabulary: 16 }, { name: 'label', grid: [1, 1], vocabulary: 10 }];
 * const model = new MaskedTransformer({ fields, embedDim: 32, depth: 1, numHeads: 2, decoderEmbedDim: 32, decoderDepth: 1, decoderNumHeads: 2 });
 * const logits = await model.predict([{ image: new Int32Array([3, -1, -1, 7]), label: new Int32Array([-1]) }]);
 * logits.label; // ten numbers
 */
export class MaskedTransformer extends Module {
  readonly tokenEmb: TokenEmbedding;
  readonly blocks: Block[];
  readonly norm: LayerNorm;
  readonly decoderEmbed: Linear;
  /** The learned padding, of the decoder's width; absent where the class token pads. */
  readonly maskToken?: Parameter;
  readonly decoderPosEmbedLearned: Parameter;
  readonly decoderBlocks: Block[];
  readonly decoderNorm: LayerNorm;
  readonly mlmLayer: MlmLayer;
  readonly fields: readonly TokenField[];
  readonly configuration: ResolvedConfiguration;
  /** L: the positions of all fields. */
  readonly length: number;
  protected override readonly unusedNames: readonly RegExp[];
  private readonly layouts: readonly FieldLayout[];
  private readonly deviation: number;

  /**
   * @param embeddingDeviation of the words' and positions' start values; 0.02 in MAGE, whose width is 768.
   * @param positions whether the position embeddings start from noise, as MAGE's do, or from sines over each field's
   * grid, so that a small model need not find out which positions are neighbours.
   */
  constructor(
    configuration: MaskedTransformerConfiguration,
    {
      random = new Random(0),
      embeddingDeviation = 0.02,
      positions = 'noise',
    }: { random?: Random; embeddingDeviation?: number; positions?: 'noise' | 'sines' } = {},
  ) {
    super();
    const c = resolveConfiguration(configuration);
    const layouts = layOut(c.fields);
    const length = totalPositions(layouts);
    const blocks = (count: number, width: number, heads: number) =>
      Array.from({ length: count }, () => new Block(width, heads, c.mlpRatio, c.blockDropout, random));
    const positionStart = (width: number, noise: number, sines: number): Initializer => {
      if (positions === 'noise') return normal(random, noise);
      const own = new Random(random.bits());
      return () => sinePositions(c.fields, width, { deviation: sines, random: own });
    };
    this.tokenEmb = new TokenEmbedding(c.vocabularySize, 1 + length, c.embedDim, {
      random,
      words: normal(random, embeddingDeviation),
      positions: positionStart(c.embedDim, embeddingDeviation, embeddingDeviation),
    });
    this.blocks = blocks(c.depth, c.embedDim, c.numHeads);
    this.norm = new LayerNorm(c.embedDim, { epsilon: 1e-6 });
    this.decoderEmbed = linear(c.embedDim, c.decoderEmbedDim, random);
    if (c.padding === 'learned')
      this.maskToken = new Parameter([1, 1, c.decoderEmbedDim], normal(random, 0.02));
    this.decoderPosEmbedLearned = new Parameter(
      [1, 1 + length, c.decoderEmbedDim],
      positionStart(c.decoderEmbedDim, 0.02, DECODER_SINES),
    );
    this.decoderBlocks = blocks(c.decoderDepth, c.decoderEmbedDim, c.decoderNumHeads);
    this.decoderNorm = new LayerNorm(c.decoderEmbedDim, { epsilon: 1e-6 });
    this.mlmLayer = new MlmLayer(c.decoderEmbedDim, c.embedDim, c.vocabularySize, random);
    this.configuration = c;
    this.fields = c.fields;
    this.layouts = layouts;
    this.deviation = embeddingDeviation;
    this.length = length;
    this.unusedNames = [
      /^(decoder_)?pos_embed$/, // MAGE's sine tables, which its forward pass never reads
      /^cls_token$|^patch_embed\.|^decoder_pred\./, // left over from MAE
      /^token_emb\.position_ids$/,
      /^vqgan\./,
      ...(this.maskToken ? [] : [/^mask_token$/]),
    ];
  }

  /** The encoder, over the class token and the positions that are not dropped: → `[B, K, D]`. */
  encode(batch: MaskedBatch, random?: Random): tf.Tensor3D {
    const { size } = batch;
    const { words, positions } = encoderInput(this.present(batch), batch, this.configuration);
    let x = this.tokenEmb.forward(
      tf.tensor1d(words, 'int32'),
      tf.tensor1d(positions, 'int32'),
    ) as tf.Tensor2D; // [B·K, D]
    x = dropout(x, this.configuration.dropout, random) as tf.Tensor2D;
    for (const block of this.blocks) x = block.forward(x, size, random);
    return tf.reshape(this.norm.forward(x), [size, words.length / size, this.configuration.embedDim]);
  }

  /** The decoder, over all positions: `[B, K, D]` → `[B·N, decoder width]`, before its last normalization. */
  decode(encoded: tf.Tensor3D, batch: MaskedBatch, random?: Random): tf.Tensor2D {
    const [size, kept] = encoded.shape;
    const width = this.configuration.decoderEmbedDim;
    const seen = tf.reshape(this.decoderEmbed.forward(encoded), [-1, width]); // [B·K, Dd]
    const rows = this.maskToken ? tf.concat([seen, tf.reshape(this.maskToken.value, [1, width])], 0) : seen;
    const source = decoderSource(batch, { kept, learned: this.maskToken !== undefined });
    const padded = tf.reshape(tf.gather(rows, tf.tensor1d(source, 'int32')), [size, -1, width]);
    const positions = this.decoderPositions(this.present(batch));
    let x = tf.reshape(tf.add(padded, positions), [-1, width]) as tf.Tensor2D;
    for (const block of this.decoderBlocks) x = block.forward(x, size, random);
    return x;
  }

  /** Logits over the whole word table at every position, as MAGE's forward pass returns them: → `[B, N, V]`. */
  forward(batch: MaskedBatch, random?: Random): tf.Tensor3D {
    const hidden = this.head(this.decode(this.encode(batch, random), batch, random));
    const { vocabularySize } = this.configuration;
    const logits = tiedLogits(
      hidden,
      this.tokenEmb.wordEmbeddings.weight.value,
      this.bias(0, vocabularySize),
    );
    return tf.reshape(logits, [batch.size, -1, vocabularySize]);
  }

  /**
   * The training loss of a batch that `maskBatch` made: cross-entropy with label smoothing, among the field's own
   * codes, at masked positions whose code is known. Run it inside a `tidy` or `valueAndGradients`.
   */
  loss(
    batch: MaskedBatch,
    { random, labelSmoothing = 0.1, targets, tableGradient = false, whole }: LossOptions = {},
  ): MaskedLoss {
    const present = this.present(batch);
    const asked = present.map((field) => askedPositions(batch, field));
    const rows = asked.flatMap(({ rows }) => rows);
    if (rows.length === 0)
      throw new InvalidInputError('No known token of this batch is masked; use maskBatch.');
    const decoded = this.decode(this.encode(batch, random), batch, random);
    const hidden = this.head(tf.gather(decoded, tf.tensor1d(rows, 'int32'))); // [M, D]
    const metrics: Record<string, tf.Scalar> = {};
    let total = tf.scalar(0);
    let weights = 0;
    let first = 0;
    present.forEach((field, i) => {
      const { name, offset, vocabulary } = field;
      const count = asked[i].rows.length;
      const all = whole ? askedPositions(whole, field).rows.length : count;
      const weight = batch.weights[name] ?? 1;
      if (all > 0) weights += weight;
      if (count === 0) return;
      const own = tf.slice(hidden, [first, 0], [count, -1]);
      first += count;
      const mean = tiedCrossEntropy(
        own,
        this.table(offset, vocabulary),
        this.bias(offset, vocabulary),
        asked[i].codes,
        { smoothing: labelSmoothing, distributions: targets?.[name], tableGradient },
      );
      const loss = count === all ? mean : (tf.mul(mean, count / all) as tf.Scalar);
      metrics[name] = loss;
      total = tf.add(total, tf.mul(loss, weight));
    });
    return { loss: tf.div(total, weights || 1), metrics };
  }

  /**
   * The logits of canvases with −1 where a token is unknown, by field `[B · positions · vocabulary]`: what a sampler
   * asks. Nothing is dropped; a field that the canvases leave out is not in the sequence.
   */
  async predict(
    canvases: readonly Canvas[],
    { fields, signal }: { fields?: readonly string[]; signal?: AbortSignal } = {},
  ): Promise<Record<string, Float32Array>> {
    throwIfCancelled(signal);
    const size = canvases.length;
    const present = this.presentIn(canvases);
    const wanted = present.filter(({ name }) => !fields || fields.includes(name));
    if (size === 0) return Object.fromEntries(wanted.map(({ name }) => [name, new Float32Array(0)]));
    const data = await readValues(() => {
      const logits = this.logitsOf(canvases, present, wanted).map((own) => tf.reshape(own, [-1]));
      return logits.length === 1 ? logits[0] : tf.concat(logits);
    });
    throwIfCancelled(signal);
    let first = 0;
    return Object.fromEntries(
      wanted.map(({ name, positions, vocabulary }) => {
        const count = size * positions * vocabulary;
        first += count;
        return [name, data.subarray(first - count, first)];
      }),
    );
  }

  /**
   * Draws tokens on the engine, where that has the kernel `DrawTokens` (our WebGPU does), so that a step of sampling reads
   * back two numbers a position in place of a logit for each code; undefined elsewhere.
   */
  get draw() {
    if (!fusedKernel('DrawTokens')) return undefined;
    return async (
      canvases: readonly Canvas[],
      draws: Readonly<Record<string, FieldDraws>>,
      { signal }: { signal?: AbortSignal } = {},
    ): Promise<Record<string, DrawnTokens>> => {
      throwIfCancelled(signal);
      const present = this.presentIn(canvases);
      const wanted = present.filter(({ name }) => draws[name]);
      const values = await readValues(() =>
        drawFields(this.logitsOf(canvases, present, wanted), wanted, draws),
      );
      throwIfCancelled(signal);
      return readDraws(values, wanted, draws);
    };
  }

  /**
   * Starts a field's word embeddings from vectors that say which codes are alike, a codebook's `[vocabulary · d]`:
   * centred, projected to the model's width by a seeded normal matrix and scaled to the deviation of the other words.
   */
  async initializeEmbeddings(
    field: string,
    vectors: Float32Array,
    {
      random = new Random(0),
      standardDeviation = this.deviation,
    }: { random?: Random; standardDeviation?: number } = {},
  ): Promise<void> {
    const layout = this.layouts.find(({ name }) => name === field);
    if (!layout)
      throw new InvalidInputError(`No field "${field}"; there are ${this.layouts.map((f) => f.name)}.`);
    const { offset, vocabulary } = layout;
    const width = this.configuration.embedDim;
    const dimension = vectors.length / vocabulary;
    if (!Number.isInteger(dimension) || dimension === 0) {
      throw new ShapeError(
        `${vectors.length} values are no vectors for the ${vocabulary} codes of "${field}".`,
      );
    }
    const projected = tf.tidy(() => {
      const x = tf.tensor2d(vectors, [vocabulary, dimension]);
      const matrix = tf.tensor2d(random.normals(dimension * width), [dimension, width]);
      const y = tf.matMul(tf.sub(x, tf.mean(x, 0)), matrix);
      return tf.mul(tf.div(y, tf.add(tf.sqrt(tf.mean(tf.square(y))), 1e-12)), standardDeviation);
    });
    const table = this.tokenEmb.wordEmbeddings.weight;
    const values = await table.data();
    values.set((await projected.data()) as Float32Array, offset * width);
    projected.dispose();
    table.set(values);
  }

  /** The logits of `wanted` fields, each `[canvases · positions, vocabulary]`. */
  private logitsOf(
    canvases: readonly Canvas[],
    present: readonly PresentField[],
    wanted: readonly PresentField[],
  ): tf.Tensor[] {
    const size = canvases.length;
    const tokens = concatTokens(present, canvases);
    const batch: MaskedBatch = {
      size,
      fields: present.map(({ name }) => name),
      tokens,
      masked: Uint8Array.from(tokens, (token) => (token === UNKNOWN ? 1 : 0)),
      dropped: new Uint8Array(tokens.length),
      weights: {},
    };
    const decoded = tf.reshape(this.decode(this.encode(batch), batch), [
      size,
      1 + totalPositions(present),
      -1,
    ]);
    return wanted.map(({ row, positions, offset, vocabulary }) => {
      const own = tf.slice(decoded, [0, row, 0], [-1, positions, -1]);
      const hidden = this.head(tf.reshape(own, [size * positions, -1]));
      return tiedLogits(hidden, this.table(offset, vocabulary), this.bias(offset, vocabulary));
    });
  }

  /** The fields that canvases hold. */
  private presentIn(canvases: readonly Canvas[]): PresentField[] {
    return presentFields(
      this.layouts,
      fieldsOf(this.fields, canvases).map(({ name }) => name),
    );
  }

  private present({ fields }: MaskedBatch): PresentField[] {
    return presentFields(this.layouts, fields);
  }

  /** The decoder's position embeddings of a sequence, `[1, N, decoder width]`. */
  private decoderPositions(present: readonly PresentField[]): tf.Tensor {
    const all = this.decoderPosEmbedLearned.value;
    if (present.length === this.layouts.length) return all;
    const parts = [{ start: 0, positions: 1 }, ...present];
    return tf.concat(
      parts.map(({ start, positions }) => tf.slice(all, [0, start, 0], [1, positions, -1])),
      1,
    );
  }

  /** `[M, decoder width]` → `[M, D]`, what the word table is multiplied by. */
  private head(decoded: tf.Tensor): tf.Tensor {
    return this.mlmLayer.forward(decoded, this.decoderNorm);
  }

  private table(offset: number, entries: number): tf.Tensor {
    return tf.slice(this.tokenEmb.wordEmbeddings.weight.value, [offset, 0], [entries, -1]);
  }

  private bias(offset: number, entries: number): tf.Tensor {
    return tf.reshape(tf.slice(this.mlmLayer.bias.value, [0, 0, offset], [1, 1, entries]), [entries]);
  }
}

/** The values of a tensor that is made, read and freed. */
async function readValues(make: () => tf.Tensor): Promise<Float32Array> {
  const made = tf.tidy(make);
  try {
    return (await made.data()) as Float32Array;
  } finally {
    made.dispose();
  }
}
