import * as tf from '@tensorflow/tfjs-core';

/** A kernel that an engine may have beside TensorFlow.js's own: `LayerNorm`, `SelfAttention` and the like. */
export type FusedKernel = (inputs: tf.NamedTensorMap, attributes?: tf.NamedAttrMap) => tf.Tensor[];

/**
 * The current backend's kernel of this name, for use where no gradient is taped; `undefined` where it has none, and the
 * operation is composed of TensorFlow.js's own.
 */
export function fusedKernel(name: string): FusedKernel | undefined {
  if (!tf.getKernel(name, tf.getBackend())) return undefined;
  return (inputs, attributes) => {
    const outputs = tf.engine().runKernel(name, inputs, attributes ?? {});
    return (Array.isArray(outputs) ? outputs : [outputs]) as tf.Tensor[];
  };
}

/** Whether gradients are being taped: what a backward pass needs is then worth keeping. */
export const isTaped = (): boolean => tf.engine().state.gradientDepth > 0;
