import {
  type ByteSource,
  CheckpointError,
  ConfigurationError,
  type Module,
  openSafetensors,
  readTensors,
  type StoredTensors,
  throwIfCancelled,
} from '@visual-echoes/core';
import { MaskedTransformer } from '@visual-echoes/masked-transformer';
import { type CreateVocoder, createVocoder as inOwnThread } from '../codecs/create-vocoder.js';
import { PictureCodec } from '../codecs/picture-codec.js';
import { SoundCodec } from '../codecs/sound-codec.js';
import { VisualEchoes } from '../visual-echoes.js';
import { MANIFEST_FILE, parseManifest } from './manifest.js';
import type { ModelSource } from './model-source.js';
import { urlSource } from './url-source.js';

/** Options of `loadModel`. */
export interface LoadModelOptions {
  /** Ends the loading with a `CancelledError`. */
  signal?: AbortSignal | undefined;
  /** Receives the share that is loaded, 0 to 1, never less than before. */
  onProgress?: ((share: number) => void) | undefined;
  /** Makes the vocoder from its entry in the manifest; one in the caller's own thread, where left out. */
  createVocoder?: CreateVocoder | undefined;
}

/**
 * Loads a model folder (`visual-echoes.json` and a `.safetensors` file a part) from an address, or from any
 * `ModelSource`, onto the current TensorFlow.js backend. `visual-echoes/node` also takes paths and packages.
 *
 * @throws FileAccessError, ConfigurationError (an entry of the manifest), CheckpointError (a weight file).
 *
 * @example
 * await tf.setBackend('wasm');
 * const model = await loadModel('https://example.org/digits/');
 * const { sound } = await model.imageToAudio(picture);
 * model.dispose();
 */
export async function loadModel(
  source: ModelSource | string | URL,
  { signal, onProgress = () => {}, createVocoder = inOwnThread }: LoadModelOptions = {},
): Promise<VisualEchoes> {
  throwIfCancelled(signal);
  const files = typeof source === 'string' || source instanceof URL ? addressed(source, signal) : source;
  const manifest = parseManifest(await files.readText(MANIFEST_FILE), `${files.name}: ${MANIFEST_FILE}`);
  const { image, audio, transformer } = manifest.parts;

  const { mel, vocoder } = audio;
  const parts = [image, audio, transformer, ...('weights' in vocoder ? [vocoder] : [])];
  const loaded: { dispose?(): void | Promise<void> }[] = [];
  const load = async <T extends { dispose?(): void | Promise<void> }>(
    { weights }: { weights: string },
    build: (tensors: StoredTensors) => Promise<T>,
  ): Promise<T> => {
    throwIfCancelled(signal);
    const advance = (share: number) => onProgress((loaded.length + share) / parts.length);
    try {
      const part = await files.withBytes(weights, async (bytes) =>
        build((await openSafetensors(counted(bytes, advance))).tensors),
      );
      loaded.push(part);
      advance(0);
      return part;
    } catch (cause) {
      if (!(cause instanceof CheckpointError)) throw cause;
      // The file's name, where the message does not begin with it already.
      const named = cause.message.includes(weights) ? '' : `${files.name}: ${weights}: `;
      throw new CheckpointError(`${named}${cause.message}`, { cause });
    }
  };
  try {
    const speaker =
      'weights' in vocoder
        ? await load(vocoder, async (tensors) => createVocoder(mel, vocoder, await readTensors(tensors)))
        : await createVocoder(mel, vocoder, {});
    return new VisualEchoes(manifest, {
      pictures: await load(image, async (tensors) => {
        const codec = new PictureCodec(image);
        await fill(codec.tokenizer, tensors);
        return codec;
      }),
      sounds: await load(audio, async (tensors) => {
        const codec = new SoundCodec(audio, speaker);
        await fill(codec.tokenizer, tensors);
        return codec;
      }),
      transformer: await load(transformer, (tensors) =>
        fill(new MaskedTransformer(transformer.configuration), tensors),
      ),
    });
  } catch (error) {
    for (const part of loaded) void part.dispose?.();
    throw error;
  }
}

function addressed(source: string | URL, signal?: AbortSignal): ModelSource {
  if (!URL.canParse(String(source)) || !/^(https?|data|blob):/.test(String(source))) {
    throw new ConfigurationError(
      `"${source}" is not an address (https://…). Paths and packages are loaded by loadModel of visual-echoes/node.`,
    );
  }
  return urlSource(source, { signal });
}

/** Loads a network tensor by tensor, or frees what it has. */
async function fill<T extends Module>(module: T, tensors: StoredTensors): Promise<T> {
  try {
    await module.loadTensors(tensors);
    await module.packHalves();
    return module;
  } catch (error) {
    module.dispose();
    throw error;
  }
}

/** The same bytes, with word of how far they have been read. */
function counted(bytes: ByteSource, onProgress: (share: number) => void): ByteSource {
  let furthest = 0;
  return {
    size: bytes.size,
    read: async (offset, length) => {
      const read = await bytes.read(offset, length);
      furthest = Math.max(furthest, offset + length);
      onProgress(Math.min(1, furthest / bytes.size) * 0.99);
      return read;
    },
  };
}
