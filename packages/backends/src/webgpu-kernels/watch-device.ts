import * as tf from '@tensorflow/tfjs-core';
import { BackendError, DeviceLostError } from '@visual-echoes/core';
import type { WebGpuBackend } from './webgpu-backend.js';

/** What has gone wrong on a device and has not been told yet. */
interface Trouble {
  /** For good. */
  lost?: DeviceLostError;
  /** The first since the last read-back. */
  refused?: BackendError;
}

const watched = new WeakMap<WebGpuBackend, Trouble>();

/**
 * Makes the current backend `webgpu` say what has gone wrong on its device: TensorFlow.js gives zeros in silence where a
 * shader is broken, a buffer too large or the device lost. From here on the next read-back (`tensor.data()`) throws
 * instead. Calling this twice changes nothing.
 *
 * @throws BackendError where another backend is current.
 */
export function watchDevice(): void {
  const backend = webGpuBackend();
  if (watched.has(backend)) return;
  const trouble: Trouble = {};
  watched.set(backend, trouble);
  const { device } = backend;
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault(); // it would go to the console too
    const { message } = (event as Event & { error: { message: string } }).error;
    trouble.refused ??= new BackendError(`The GPU refused a command: ${oneLine(message)}`);
  });
  const lost = device.lost.then(({ reason, message }) => {
    trouble.lost = new DeviceLostError(
      `The GPU device was lost (${reason}${message && `: ${oneLine(message)}`}); choose a backend again and load the model anew.`,
    );
  });
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    if (trouble.lost) throw trouble.lost;
    try {
      const values = await read(dataId); // which also submits, and so leaves nothing to be refused later
      tell(trouble);
      return values;
    } catch (error) {
      if (error instanceof BackendError) throw error;
      // What cannot be read after a loss may be told before the loss itself is.
      await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, 500))]);
      tell(trouble);
      throw new BackendError(`The GPU's memory cannot be read: ${oneLine((error as Error).message)}`, {
        cause: error,
      });
    }
  };
}

/**
 * Waits until everything asked of the current backend's device is done, and throws what went wrong.
 *
 * @throws DeviceLostError; BackendError for a refused command, or where another backend than `webgpu` is current.
 */
export async function checkDevice(): Promise<void> {
  watchDevice();
  const backend = webGpuBackend();
  const ones = tf.tidy(() => tf.add(tf.ones([1024]), 1)); // large enough to be computed there
  try {
    await ones.data();
  } finally {
    ones.dispose();
  }
  tell(watched.get(backend)!);
}

function tell(trouble: Trouble): void {
  const { lost, refused } = trouble;
  delete trouble.refused;
  if (lost ?? refused) throw lost ?? refused;
}

function webGpuBackend(): WebGpuBackend {
  const backend = tf.backend() as WebGpuBackend;
  if (!backend.device) {
    throw new BackendError(`The current backend is ${tf.getBackend()}; only webgpu has a device to watch.`);
  }
  return backend;
}

/** As one line of at most 300 characters. */
const oneLine = (message: string) => message.replace(/\s+/g, ' ').trim().slice(0, 300);
