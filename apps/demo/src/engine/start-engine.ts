import * as tf from '@tensorflow/tfjs-core';
import type { SelectedBackend } from '@visual-echoes/backends/browser';
import { BackendError } from '@visual-echoes/core';
import { loadModel, type VisualEchoes } from 'visual-echoes/browser';
import type { EngineInfo, EngineName, Request } from '../studio/protocol.js';

/** A model on an engine, ready for use. */
export interface StartedEngine {
  info: EngineInfo;
  echoes: VisualEchoes;
}

/** Of the bar: the engine, the model's files, and the first use. */
const SHARES = { engine: 0.15, model: 0.9 };

/**
 * Chooses an engine, loads the model, and uses it once, so that the visitor's first use is as fast as the second.
 * @throws BackendError, FileAccessError, ConfigurationError, CheckpointError.
 */
export async function startEngine(
  { model, engine, avoid, threads }: Extract<Request, { type: 'start' }>,
  { onProgress, onLost }: { onProgress(share: number, what: string): void; onLost(error: unknown): void },
): Promise<StartedEngine> {
  onProgress(0, 'Starting the engine');
  const between = (from: number, to: number) => (share: number) => from + share * (to - from);
  const loading = between(SHARES.engine, SHARES.model);
  let selected: SelectedBackend | undefined;
  const echoes = await loadModel(model, {
    backend: engine ?? nextAfter(avoid),
    threads: threads ?? spareCores(),
    onBackend: (backend) => {
      selected = backend;
      watchDevice(onLost);
    },
    onProgress: (share) => onProgress(loading(share), 'Loading the model'),
  });
  const warming = between(SHARES.model, 1);
  onProgress(SHARES.model, 'Trying it once');
  await echoes.coGenerate({ onProgress: (share) => onProgress(warming(share), 'Trying it once') });
  const { name, label, skipped } = selected!;
  return { info: { name: name as EngineName, label, skipped }, echoes };
}

/** The page needs a core of its own, to answer while the model computes. At most 8 help. */
const spareCores = () => Math.min(8, Math.max(1, navigator.hardwareConcurrency - 1));

/** The fastest that has not failed; undefined where none has. */
function nextAfter(avoid: readonly EngineName[]): EngineName | undefined {
  if (avoid.length === 0) return undefined;
  return (['wasm', 'cpu'] as const).find((name) => !avoid.includes(name)) ?? 'cpu';
}

/** A GPU that goes away while nothing is asked of it says so too. */
function watchDevice(onLost: (error: unknown) => void): void {
  const { device } = tf.backend() as unknown as { device?: { lost: Promise<{ message: string }> } };
  void device?.lost.then(({ message }) =>
    onLost(new BackendError(`The GPU was lost${message && ` (${message})`}.`)),
  );
}
