import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError } from '../errors.js';
import type { Parameter } from '../module/parameter.js';

/** Gradients by parameter name, in memory's layout; the caller disposes of them. */
export type Gradients = Map<string, tf.Tensor>;

/**
 * Computes a scalar loss and its gradient with respect to `parameters`.
 * A parameter that the loss does not reach has a gradient of zeros, as it would after `zero_grad` in PyTorch.
 * @throws ConfigurationError where gradients are not registered: import `@visual-echoes/core/training`.
 */
export function valueAndGradients(
  loss: () => tf.Scalar,
  parameters: ReadonlyMap<string, Parameter>,
): { value: tf.Scalar; gradients: Gradients } {
  if (!tf.getGradient('Add')) {
    throw new ConfigurationError(
      "TensorFlow.js has no gradients registered; import '@visual-echoes/core/training' before training.",
    );
  }
  const variables = [...parameters.values()].map((parameter) => parameter.value);
  const { value, grads } = tf.variableGrads(loss, variables);
  const gradients: Gradients = new Map();
  for (const [name, parameter] of parameters) {
    gradients.set(name, grads[parameter.value.name] ?? tf.zerosLike(parameter.value));
  }
  return { value, gradients };
}
