import * as tf from '@tensorflow/tfjs-core';
import {
  Embedding,
  type Initializer,
  LayerNorm,
  type Linear,
  Module,
  Parameter,
  type Random,
  zeros,
} from '@visual-echoes/core';
import { linear } from './block.js';
import { normalizedLinear } from './fused.js';

/** BERT's embeddings, as MAGE has them: words and positions, added, normalized. */
export class TokenEmbedding extends Module {
  readonly wordEmbeddings: Embedding;
  readonly positionEmbeddings: Embedding;
  readonly LayerNorm: LayerNorm;

  constructor(
    words: number,
    positions: number,
    width: number,
    { random, ...start }: { random: Random; words: Initializer; positions: Initializer },
  ) {
    super();
    this.wordEmbeddings = new Embedding(words, width, { random, initialize: start.words });
    this.positionEmbeddings = new Embedding(positions, width, { random, initialize: start.positions });
    this.LayerNorm = new LayerNorm(width, { epsilon: 1e-6 });
  }

  /** int32 `[M]` and `[M]` → `[M, D]`. */
  forward(words: tf.Tensor1D, positions: tf.Tensor1D): tf.Tensor {
    return this.LayerNorm.forward(
      tf.add(this.wordEmbeddings.forward(words), this.positionEmbeddings.forward(positions)),
    );
  }
}

/** The layer before the word table, after the decoder's `norm`: `[M, decoder width]` → `[M, D]`. */
export class MlmLayer extends Module {
  readonly bias: Parameter;
  readonly fc: Linear;
  readonly ln: LayerNorm;

  constructor(input: number, width: number, words: number, random: Random) {
    super();
    this.bias = new Parameter([1, 1, words], zeros);
    this.fc = linear(input, width, random);
    this.ln = new LayerNorm(width, { epsilon: 1e-5 });
  }

  forward(x: tf.Tensor, norm: LayerNorm): tf.Tensor {
    return this.ln.forward(normalizedLinear(x, norm, this.fc, { activation: 'gelu' }));
  }
}
