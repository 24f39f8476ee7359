import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BackendName, VisualEchoes } from 'visual-echoes/node';

/** The options of every command that works with a model. */
export interface ModelOptions {
  model: string;
  backend?: BackendName;
  json?: boolean;
}

/** The options of every command that writes files. */
export interface OutputOptions {
  out: string;
  force?: boolean;
}

export function addModelOptions(command: Command): Command {
  return command
    .addOption(modelOption())
    .addOption(
      new Option('--backend <name>', 'engine; the fastest that works, if left out').choices([
        'tensorflow',
        'wasm',
        'cpu',
      ]),
    )
    .option('--json', 'print one JSON document');
}

export const modelOption = () =>
  new Option('--model <model>', 'model folder, address or package')
    .env('VISUAL_ECHOES_MODEL')
    .default('@visual-echoes/model-digits');

export function addOutputOptions(command: Command): Command {
  return command
    .option('--out <folder>', 'where the files go', '.')
    .option('--force', 'write over files that exist');
}

/** Loads the model that the options name, with a bar on a terminal and a line about the engine. */
export async function loadNamedModel(
  { model, backend, json }: ModelOptions,
  { signal }: { signal: AbortSignal },
): Promise<VisualEchoes> {
  // Here, so that a help page does not load TensorFlow.js.
  const { loadModel } = await import('visual-echoes/node');
  const { ProgressBar } = await import('../output/progress-bar.js');
  const bar = new ProgressBar('Loading', { hidden: json ?? false });
  try {
    return await loadModel(model, {
      backend,
      signal,
      onProgress: (share) => bar.update(share),
      onMessage: (line) => {
        if (!json) console.error(line);
      },
    });
  } finally {
    bar.stop();
  }
}

/** A signal that the first Ctrl-C fires; the second ends the process at once. */
export function interruptSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  return stop.signal;
}

/** Reads an option that is a whole number of at least `least`. */
export const wholeNumber = (least: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  }
  return value;
};

/** Reads an option that is a number of at least `least`. */
export const numberFrom = (least: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least) {
    throw new InvalidArgumentError(`It must be a number of at least ${least}.`);
  }
  return value;
};
