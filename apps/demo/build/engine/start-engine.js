import plainWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@visual-echoes/backends/browser';
import { BackendError } from '@visual-echoes/core';
import { loadModel } from 'visual-echoes';

/** Our kernels have threads of their own, so that TensorFlow.js's binary for threads is never asked for. */
const WASM_PATHS = {
  'tfjs-backend-wasm.wasm': plainWasm,
  'tfjs-backend-wasm-simd.wasm': simdWasm,
  'tfjs-backend-wasm-threaded-simd.wasm': simdWasm,
};
/** Of the bar: the engine, the model's files, and the first use. */
const SHARES = { engine: 0.15, model: 0.9 };
/**
 * Chooses an engine, loads the model, and uses it once, so that the visitor's first use is as fast as the second.
 * @throws BackendError, FileAccessError, ConfigurationError, CheckpointError.
 */
export async function startEngine({ model, engine, avoid }, { onProgress, onLost }) {
  onProgress(0, 'Starting the engine');
  const { name, label, skipped } = await selectBackend({
    prefer: engine ?? nextAfter(avoid),
    wasmPaths: WASM_PATHS,
  });
  watchDevice(onLost);
  onProgress(SHARES.engine, 'Loading the model');
  const between = (from, to) => (share) => from + share * (to - from);
  const loading = between(SHARES.engine, SHARES.model);
  const echoes = await loadModel(model, {
    onProgress: (share) => onProgress(loading(share), 'Loading the model'),
  });
  const warming = between(SHARES.model, 1);
  onProgress(SHARES.model, 'Trying it once');
  await echoes.coGenerate({ onProgress: (share) => onProgress(warming(share), 'Trying it once') });
  return { info: { name: name, label, skipped }, echoes };
}
/** The fastest that has not failed; undefined where none has. */
function nextAfter(avoid) {
  if (avoid.length === 0) return undefined;
  return ['wasm', 'cpu'].find((name) => !avoid.includes(name)) ?? 'cpu';
}
/** A GPU that goes away while nothing is asked of it says so too. */
function watchDevice(onLost) {
  const { device } = tf.backend();
  void device?.lost.then(({ message }) =>
    onLost(new BackendError(`The GPU was lost${message && ` (${message})`}.`)),
  );
}
