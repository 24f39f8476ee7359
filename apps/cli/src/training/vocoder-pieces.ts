import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError, type Random } from '@visual-echoes/core';
import type { AudioTokenizer, Mel } from '@visual-echoes/vq-audio';
import type { Excerpt, ExcerptSource } from './excerpt.js';

/** Mels and the waves that they are of, in step: mels [B, frames, bands], waves [B, samples, 1]. */
export interface VocoderBatch {
  mels: tf.Tensor3D;
  waves: tf.Tensor3D;
}

export interface VocoderPiecesOptions {
  /** Samples of a piece. */
  segment: number;
  /** A share of the mels goes through it first, as what it decodes is what a vocoder gets. */
  reconstructions?: { tokenizer: AudioTokenizer; share: number } | undefined;
}

/** Pieces of excerpts for the training of a vocoder. */
export class VocoderPieces {
  private readonly source: ExcerptSource;
  private readonly frames: number;
  private readonly reconstructions: VocoderPiecesOptions['reconstructions'];

  /** @throws ConfigurationError for a segment that is not whole frames, or longer than an excerpt. */
  constructor(source: ExcerptSource, { segment, reconstructions }: VocoderPiecesOptions) {
    const { hopLength, samples } = source;
    if (segment % hopLength !== 0 || segment > samples) {
      throw new ConfigurationError(
        `"segment" is a multiple of the hop length ${hopLength} and at most ${samples}, not ${segment}.`,
      );
    }
    this.source = source;
    this.frames = segment / hopLength;
    this.reconstructions = reconstructions;
  }

  /** Pieces drawn from `random`, which the caller disposes of. */
  async draw(count: number, random: Random): Promise<VocoderBatch> {
    const excerpts: Excerpt[] = [];
    while (excerpts.length < count) excerpts.push(await this.source.draw(random)); // in order: each draws on
    const clips = excerpts.map(({ samples }) => samples);
    const mels = excerpts.map(({ mel }) => mel);
    if (this.reconstructions) {
      const { tokenizer, share } = this.reconstructions;
      const through = mels.flatMap((_, i) => (random.uniform() < share ? [i] : []));
      const rebuilt = await tokenizer.decode(await tokenizer.encode(through.map((i) => mels[i])));
      through.forEach((i, j) => {
        mels[i] = rebuilt[j];
      });
    }
    const starts = mels.map(({ frames }) => random.integer(frames - this.frames + 1));
    return this.cut(mels, clips, starts);
  }

  private cut(mels: readonly Mel[], clips: readonly Float32Array[], starts: readonly number[]): VocoderBatch {
    const { frames } = this;
    const { hopLength } = this.source;
    const { bands } = mels[0];
    const samples = frames * hopLength;
    const melValues = new Float32Array(mels.length * frames * bands);
    const waveValues = new Float32Array(mels.length * samples);
    mels.forEach(({ data, frames: all }, i) => {
      for (let t = 0; t < frames; t++) {
        for (let band = 0; band < bands; band++) {
          melValues[(i * frames + t) * bands + band] = data[band * all + starts[i] + t];
        }
      }
      const from = starts[i] * hopLength; // frame t is centred at sample t · hopLength
      waveValues.set(clips[i].subarray(from, from + samples), i * samples);
    });
    return {
      mels: tf.tensor3d(melValues, [mels.length, frames, bands]),
      waves: tf.tensor3d(waveValues, [mels.length, samples, 1]),
    };
  }
}
