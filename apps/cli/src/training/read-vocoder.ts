import { join } from 'node:path';
import { ConfigurationError, foldWeightNorm, type StateDict } from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import type { MelConfig } from '@visual-echoes/vq-audio';
import { findModel, type ModelManifest } from 'visual-echoes/node';
import { readJsonFile } from '../data/read-json-file.js';
import { melDifference } from '../mel/mel-difference.js';
import { manifestOf, type Origin, originOf, RUN_FILE, RUN_WEIGHTS } from '../prepare/tokenizers.js';
import { type VocoderFile, vocoderFile } from './vocoder-file.js';

/** A vocoder as a model folder has it. */
export interface ReadVocoder {
  settings: ModelManifest['parts']['audio']['vocoder'];
  /** The mel spectrograms that it takes. */
  mel: MelConfig;
  /** Its weights, the norms folded; of Griffin-Lim there are none. */
  state?: StateDict;
  /** What its model folder says of its making. */
  origin?: Origin;
  /** How it was trained, where that was here. */
  file?: VocoderFile;
}

/** Reads the vocoder of a training run or of a model folder. @throws FileAccessError, ConfigurationError, CheckpointError. */
export async function readVocoder(name: string): Promise<ReadVocoder> {
  const folder = findModel(name);
  const manifest = await manifestOf(folder);
  const read = async (weights: string) => foldWeightNorm(await readStateFile(join(folder, weights)));
  if (!manifest) {
    const file = await readJsonFile(join(folder, RUN_FILE), vocoderFile);
    const { type, configuration } = file;
    const settings = { type, weights: VOCODER_WEIGHTS, configuration } as ReadVocoder['settings'];
    return { settings, mel: file.mel as unknown as MelConfig, state: await read(RUN_WEIGHTS), file };
  }
  const { audio } = manifest.parts;
  if (!audio) {
    throw new ConfigurationError(`${name} has no part "audio", and so no vocoder; name another folder.`);
  }
  const { mel, vocoder } = audio;
  const origin = originOf(manifest);
  if (!('weights' in vocoder)) return { settings: vocoder, mel, origin };
  const state = await read(vocoder.weights);
  return { settings: { ...vocoder, weights: VOCODER_WEIGHTS }, mel, state, origin };
}

/** Reads the vocoder for an audio tokenizer. @throws likewise; ConfigurationError where it takes other mels. */
export async function readVocoderFor(mel: object, name: string): Promise<ReadVocoder> {
  const vocoder = await readVocoder(name);
  const differs = melDifference(mel, vocoder.mel);
  if (differs === undefined) return vocoder;
  const [own, theirs] = [mel, vocoder.mel].map((one) =>
    JSON.stringify((one as unknown as Record<string, unknown>)[differs]),
  );
  throw new ConfigurationError(
    `The vocoder in ${name} takes other mels than the audio tokenizer makes: "mel.${differs}" is ${theirs} and not ${own}. ` +
      'Name another, or train one with these.',
  );
}

/** The file of a vocoder's weights in a model folder. */
const VOCODER_WEIGHTS = 'vocoder.safetensors';
