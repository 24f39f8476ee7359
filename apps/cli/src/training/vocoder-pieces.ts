import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError, type Random } from '@visual-echoes/core';
import type { AudioTokenizer, Mel } from '@visual-echoes/vq-audio';
import type { SpokenMels } from './spoken-mels.js';

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

/** Pieces of recordings for the training of a vocoder. */
export class VocoderPieces {
  private readonly spoken: SpokenMels;
  private readonly frames: number;
  private readonly hopLength: number;
  private readonly reconstructions: VocoderPiecesOptions['reconstructions'];

  /** @throws ConfigurationError for a segment that is not whole frames, or longer than a recording. */
  constructor(spoken: SpokenMels, { segment, reconstructions }: VocoderPiecesOptions) {
    const { hopLength } = spoken.mel.config;
    const { length } = spoken.plainClip(0);
    if (segment % hopLength !== 0 || segment > length) {
      throw new ConfigurationError(
        `"segment" is a multiple of the hop length ${hopLength} and at most ${length}, not ${segment}.`,
      );
    }
    this.spoken = spoken;
    this.frames = segment / hopLength;
    this.hopLength = hopLength;
    this.reconstructions = reconstructions;
  }

  /** Pieces drawn from `random`, which the caller disposes of. */
  async draw(count: number, random: Random): Promise<VocoderBatch> {
    const clips = Array.from({ length: count }, () =>
      this.spoken.variedClip(random.integer(this.spoken.count), random),
    );
    const mels = clips.map((clip) => this.spoken.mel.forward(clip));
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
    const { frames, hopLength } = this;
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
