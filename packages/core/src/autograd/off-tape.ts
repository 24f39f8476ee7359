import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs `compute` where the gradient tape does not see it and hands its result to the enclosing `tidy`.
 * TensorFlow.js has no stop-gradient, and an integer or boolean computed from a taped tensor breaks the
 * backward pass; the forward pass of a custom gradient is the one place that is never taped.
 */
export function offTape<T extends tf.Tensor>(
  compute: (...inputs: tf.Tensor[]) => T,
  ...inputs: tf.Tensor[]
): T {
  let result: T | undefined;
  const probe = tf.customGrad((...args) => {
    result = tf.keep(compute(...(args.slice(0, inputs.length) as tf.Tensor[])));
    return { value: tf.scalar(0), gradFunc: () => inputs.map((input) => tf.zerosLike(input)) };
  })(...inputs);
  probe.dispose();
  const engine = tf.engine();
  result!.kept = false;
  if (engine.state.activeScope) engine.state.activeScope.track.push(result!);
  return result!;
}

/** `x` as a constant: the same values, no gradient. */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  return offTape((inner) => tf.clone(inner), x) as T;
}
