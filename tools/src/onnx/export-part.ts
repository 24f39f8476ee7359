import {
  ConfigurationError,
  type Module,
  openSafetensors,
  readSafetensors,
  VqModel,
} from '@visual-echoes/core';
import { MaskedTransformer } from '@visual-echoes/masked-transformer';
import { createNeuralVocoder } from '@visual-echoes/vq-audio';
import { MANIFEST_FILE, type ModelSource, parsePartialManifest } from 'visual-echoes';
import { exportHiFiGan } from './export-hifigan.js';
import { exportMelGan } from './export-melgan.js';
import { exportTransformer } from './export-transformer.js';
import { exportVqDecoder } from './export-vq-decoder.js';
import { exportVqEncoder } from './export-vq-encoder.js';

/** What of a model folder is exported; the names of its tokenizers have two halves. */
export const PARTS = [
  'transformer',
  'image-encoder',
  'image-decoder',
  'audio-encoder',
  'audio-decoder',
  'vocoder',
] as const;

/**
 * A part of a model folder as an ONNX model, in pieces.
 *
 * @throws ConfigurationError for a name that is none, a part that the folder lacks, and a network that has no export;
 * what reading the folder throws.
 */
export async function exportPart(source: ModelSource, part: string): Promise<readonly Uint8Array[]> {
  const { parts } = parsePartialManifest(await source.readText(MANIFEST_FILE), source.name);
  const absent = () => new ConfigurationError(`${source.name} has no ${part} with weights to export.`);
  const present = <T>(value: T | undefined): T => {
    if (value === undefined) throw absent();
    return value;
  };
  /** Weights that have been through the module are checked, and by the names that the exports read. */
  const stateOf = async (module: Module, weights: string) => {
    try {
      await source.withBytes(weights, async (bytes) =>
        module.loadTensors((await openSafetensors(bytes)).tensors),
      );
      return await module.stateDict();
    } finally {
      module.dispose();
    }
  };
  const [tokenizer, half] = part.split('-');
  if (part === 'transformer') {
    const { configuration, weights } = present(parts.transformer);
    const model = new MaskedTransformer(configuration);
    return exportTransformer(model, await stateOf(model, weights));
  }
  if (part === 'vocoder') {
    const { mel, vocoder } = present(parts.audio);
    if (vocoder.type === 'griffin-lim') throw absent();
    if (vocoder.type === 'vocos') throw new ConfigurationError('There is no export of Vocos to ONNX yet.');
    const { weights } = vocoder;
    const state = await source.withBytes(weights, async (bytes) => (await readSafetensors(bytes)).state);
    const made = createNeuralVocoder(vocoder, state, mel);
    try {
      const folded = await made.generator.stateDict();
      return vocoder.type === 'hifigan'
        ? exportHiFiGan(vocoder.configuration, folded)
        : exportMelGan(vocoder.configuration, folded);
    } finally {
      made.dispose();
    }
  }
  if ((PARTS as readonly string[]).includes(part)) {
    const { configuration, weights } = present(parts[tokenizer as 'image' | 'audio']);
    const state = await stateOf(new VqModel(configuration), weights);
    return (half === 'encoder' ? exportVqEncoder : exportVqDecoder)(configuration, state);
  }
  throw new ConfigurationError(`There is no part "${part}" to export; there are ${PARTS.join(', ')}.`);
}
