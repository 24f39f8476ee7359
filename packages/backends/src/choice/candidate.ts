import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '@visual-echoes/core';

/** One engine that may be there, and how it is started. */
export interface Candidate<Name extends string, Options> {
  name: Name;
  packageName: string;
  /** What brings what is missing: a command, or a word to the page's author. */
  remedy: string;
  /** Makes it the current backend; throws a BackendError of one line. Returns its name for people. */
  start(options: Options): Promise<string>;
  /** A simpler way, for where the first fails or computes wrong numbers. */
  startPlainly?(options: Options): Promise<string>;
}

/** Frees a backend and all that it holds, so that it starts anew when it is next made current. */
export function forget(backend: string): void {
  const registered = tf.engine().registryFactory[backend];
  if (!registered) return;
  tf.removeBackend(backend);
  tf.registerBackend(backend, registered.factory, registered.priority);
}

/** Makes a backend whose package has been loaded the current one. */
export async function activate(backend: string, packageName: string): Promise<void> {
  if (!tf.engine().registryFactory[backend]) {
    throw new BackendError(
      `${packageName} brought a @tensorflow/tfjs-core of its own; keep one version of it`,
    );
  }
  let reason = '';
  const ok = await tf.setBackend(backend).catch((error) => {
    reason = `: ${firstLine(error)}`;
    return false;
  });
  if (!ok) throw new BackendError(`the backend ${backend} cannot be started${reason}`);
}

/** An error as one line of at most 200 characters. */
export function firstLine(error: unknown): string {
  const message =
    error instanceof Error ? error.message : String((error as { message?: string })?.message ?? error);
  return message.split('\n')[0].trim().slice(0, 200);
}
