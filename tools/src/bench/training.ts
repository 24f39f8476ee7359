import * as tf from '@tensorflow/tfjs-core';
import { type Parameter, valueAndGradients } from '@visual-echoes/core';
import { AdamW } from '@visual-echoes/core/training';

/** A whole step of training: loss, gradients, and AdamW. */
export function training(
  parameters: ReadonlyMap<string, Parameter>,
  loss: () => tf.Scalar,
): () => Promise<void> {
  const optimizer = new AdamW(parameters);
  return async () => {
    const { value, gradients } = valueAndGradients(loss, parameters);
    optimizer.step(gradients, 1e-4);
    await value.data();
    tf.dispose([value, ...gradients.values()]);
  };
}
