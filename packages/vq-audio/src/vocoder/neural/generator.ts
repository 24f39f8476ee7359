import type * as tf from '@tensorflow/tfjs-core';
import type { Module } from '@visual-echoes/core';

/** A network that makes sound of mel spectrograms: what `NeuralVocoder` wraps and vocoder training trains. */
export interface Generator extends Module {
  /** Mel bands it takes. */
  readonly bands: number;
  /** Samples a frame. */
  readonly hopLength: number;
  /** It takes no fewer frames. */
  readonly leastFrames: number;
  /** Mels [B, frames, bands] → waves [B, frames · hopLength, 1] in −1..1. */
  forward(mel: tf.Tensor3D): tf.Tensor3D;
}

/** How the convolutions of a generator hold their weights: as trained, or folded for speed. */
export type GeneratorForm = 'plain' | 'weight-norm';
