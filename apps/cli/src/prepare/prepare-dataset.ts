import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { interruptSignal } from '../commands/shared-options.js';
import { writeMediaShard } from '../dataset/media-shard.js';
import { writeTokenShard } from '../dataset/token-shard.js';
import { ProgressBar } from '../output/progress-bar.js';
import { beginDataset } from './begin-dataset.js';
import { describeDataset } from './describe-dataset.js';
import { encodeMedia } from './encode-media.js';
import { FAILED_FILE, finishDataset } from './finish-dataset.js';
import { formOfOptions } from './form-of-options.js';
import { makeShards, type WriteShard } from './make-shards.js';
import { mapInOrder } from './map-in-order.js';
import type { PrepareOptions } from './prepare-options.js';
import { printPrepared } from './print-prepared.js';
import { recogniseSource } from './recognise-source.js';
import { ShardProgress } from './shard-progress.js';
import { sourceOfOptions } from './source-of-options.js';
import type { Tokenizers } from './tokenizers.js';
import { variationOfOptions } from './variation-of-options.js';
import { type ClipVariation, varyClips } from './vary-clips.js';

/**
 * Makes a dataset of the clips of `path`, or goes on with it; the exit code is 1 where clips failed.
 * @throws FileAccessError, ConfigurationError, InvalidInputError where no clip could be prepared, CancelledError.
 */
export async function prepareDataset(path: string, options: PrepareOptions): Promise<void> {
  const started = performance.now();
  const { out, json = false, encoding } = options;
  const signal = interruptSignal();
  const kind = options.kind ?? (await recogniseSource(path));
  const named = await namedTokenizers(options);
  const form = formOfOptions(options, named?.parts);
  const variation = await variationOfOptions(options, form.mel);
  const isTokenized = named !== undefined;
  const source = await sourceOfOptions(path, kind, options, { form, signal, isTokenized });
  const survey = await source.survey();
  if (survey.clips === 0) {
    throw new InvalidInputError(
      `There are no clips in ${path}; check the path, or say what it is with --kind.`,
    );
  }
  const tokens = named && { parts: named.parts, tokenizers: await named.load() };
  const { kind: from, name, about: stored } = source;
  const plan = { source: { kind: from, name }, survey, options, form, variation, stored };
  const about = await describeDataset(plan, tokens);
  await mkdir(out, { recursive: true }).catch((cause) => {
    throw fileAccessError('write', out, cause);
  });
  await beginDataset(out, about);

  const bar = new ProgressBar(tokens ? 'Tokenizing' : 'Preparing', { hidden: json });
  const progress = new ShardProgress(out, survey);
  try {
    bar.update(progress.share());
    const write = writer(encoding, tokens?.tokenizers, signal);
    await makeShards(out, source, variation ? varied(write, variation) : write, {
      signal,
      onClip: (file) => {
        progress.add(file);
        bar.update(progress.share());
      },
    });
  } finally {
    bar.stop();
    tokens?.tokenizers.image.dispose();
    tokens?.tokenizers.audio.dispose();
  }
  const finished = await finishDataset(out, about);
  if (finished.rows === 0) {
    const [first] = finished.failures;
    throw new InvalidInputError(
      `None of the ${survey.clips} clips of ${path} could be prepared, the first since: ${first?.reason ?? 'it is empty.'} All reasons are in ${join(out, FAILED_FILE)}.`,
    );
  }
  printPrepared(finished, { about, out, json, seconds: (performance.now() - started) / 1000 });
  if (finished.failed > 0) process.exitCode = 1;
}

/** The tokenizers that the options name, to be loaded when it is known that there is work for them. */
async function namedTokenizers({
  model,
  imageTokenizer,
  audioTokenizer,
  backend,
  json,
}: PrepareOptions): Promise<
  { parts: Awaited<ReturnType<typeof findParts>>; load: () => Promise<Tokenizers> } | undefined
> {
  if (!model && !imageTokenizer && !audioTokenizer) return undefined;
  const parts = await findParts({ model, imageTokenizer, audioTokenizer });
  return {
    parts,
    load: async () => {
      const { selectBackend } = await import('visual-echoes/node');
      await selectBackend({
        prefer: backend,
        onMessage: (line) => {
          if (!json) console.error(line);
        },
      });
      return (await import('./tokenizers.js')).loadTokenizers(parts);
    },
  };
}

// Here, so that pictures and mel spectrograms are prepared without TensorFlow.js's engines.
const findParts = async (names: Pick<PrepareOptions, 'model' | 'imageTokenizer' | 'audioTokenizer'>) =>
  (await import('./tokenizers.js')).findTokenizers(names);

/** The same with the variants of clips. */
const varied =
  (write: WriteShard, variation: ClipVariation): WriteShard =>
  (path, clips, options) =>
    write(path, varyClips(clips, variation), options);

/** How shards are written: as tokens, or as pictures and mel spectrograms. */
function writer(
  encoding: PrepareOptions['encoding'],
  tokenizers: Tokenizers | undefined,
  signal: AbortSignal,
): WriteShard {
  if (!tokenizers) {
    return (path, clips, write) =>
      writeMediaShard(
        path,
        mapInOrder(clips, 2, (clip) => encodeMedia(clip, encoding)),
        write,
      );
  }
  return async (path, clips, write) => {
    const { tokenizeClips } = await import('./tokenize-clips.js');
    await writeTokenShard(path, tokenizeClips(clips, tokenizers, signal), write);
  };
}
