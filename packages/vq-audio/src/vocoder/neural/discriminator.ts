import type * as tf from '@tensorflow/tfjs-core';
import type { Module } from '@visual-echoes/core';

/** What one discriminator says of waves; a type, and no interface, so that `tf.tidy` takes it. */
export type Judgement = {
  /** High for real, [B, …]. */
  logits: tf.Tensor;
  /** Outputs of its layers, the logits not among them, for the feature-matching loss. */
  features: tf.Tensor[];
};

/** One or more networks that tell real waves from made ones. */
export interface Discriminator extends Module {
  /** Waves [B, samples, 1] → the judgement of each network. */
  forward(wave: tf.Tensor3D): Judgement[];
}
