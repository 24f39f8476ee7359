import { join } from 'node:path';
import { ConfigurationError, Random } from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import {
  type AudioTokenizer,
  createGenerator,
  type GeneratorSettings,
  type Mel,
  type MelConfig,
  MultiResolutionStftLoss,
  NeuralVocoder,
  type SpeechPreprocessing,
} from '@visual-echoes/vq-audio';
import { readFsdd } from '../data/fsdd.js';
import { soundDistances } from '../evaluation/sound-distances.js';
import type { RunOptions } from './run-options.js';
import { SpokenMels } from './spoken-mels.js';
import { loadAudioTokenizer } from './tokenize-digits.js';
import { trainVocoder } from './train-vocoder.js';
import type { VocoderFile } from './vocoder-file.js';
import { VocoderPieces } from './vocoder-pieces.js';

export async function runVocoder(
  file: VocoderFile,
  beside: (path: string) => string,
  { fsdd }: { fsdd: string },
  run: RunOptions,
) {
  const mel = file.mel as unknown as MelConfig;
  const speech = file.preprocessing as unknown as SpeechPreprocessing;
  const generator = createGenerator(file as unknown as GeneratorSettings, {
    random: new Random(file.training.seed).fork('weights'),
    form: 'weight-norm',
  });
  // Says at once where the two do not fit.
  const vocoder = new NeuralVocoder(generator, mel);
  if (file.start) {
    generator.loadStateDict(await readStateFile(join(beside(file.start), 'weights.safetensors')));
  }
  const tokenizer =
    file.reconstructions && (await loadTokenizer(beside(file.reconstructions.tokenizer), file.mel));
  const spoken = await SpokenMels.prepare(await readFsdd(fsdd, 'train'), mel, speech, file.augmentation);
  const heldBack = await SpokenMels.prepare(await readFsdd(fsdd, 'validation'), mel, speech);
  const pieces = new VocoderPieces(spoken, {
    segment: file.segment,
    reconstructions: tokenizer && { tokenizer, share: file.reconstructions?.share ?? 0 },
  });
  const stft = new MultiResolutionStftLoss(file.losses.resolutions);
  const state = await trainVocoder({
    ...file,
    ...run,
    generator,
    pieces,
    validate: () => figures(vocoder, heldBack, stft, tokenizer),
  });
  stft.dispose();
  vocoder.dispose();
  tokenizer?.dispose();
  return state;
}

async function loadTokenizer(folder: string, mel: VocoderFile['mel']): Promise<AudioTokenizer> {
  const { tokenizer, file } = await loadAudioTokenizer(folder);
  const own: Record<string, unknown> = { ...file.mel };
  const differs = Object.keys(mel).find((key) => JSON.stringify(mel[key]) !== JSON.stringify(own[key]));
  if (differs) {
    throw new ConfigurationError(
      `The tokenizer in ${folder} was trained on other mels: "mel.${differs}" is ${JSON.stringify(own[differs])} there.`,
    );
  }
  return tokenizer;
}

/** Of sounds made from held-back mels, and from those that the tokenizer gives back: distances to the recordings. */
async function figures(
  vocoder: NeuralVocoder,
  spoken: SpokenMels,
  stft: MultiResolutionStftLoss,
  tokenizer?: AudioTokenizer,
): Promise<Record<string, number>> {
  const recordings = Array.from({ length: spoken.count }, (_, i) => spoken.plainClip(i));
  const mels = recordings.map((clip) => spoken.mel.forward(clip));
  const distances = async (given: readonly Mel[]) => {
    const sounds = await Promise.all(given.map((mel) => vocoder.vocode(mel)));
    return soundDistances(sounds, { mels, recordings }, spoken.mel, stft);
  };
  const given = await distances(mels);
  const found: Record<string, number> = { 'mel error': given.mel, 'stft error': given.stft };
  if (tokenizer) {
    const through = await distances(await tokenizer.decode(await tokenizer.encode(mels)));
    found['mel error through tokens'] = through.mel;
    found['stft error through tokens'] = through.stft;
  }
  return found;
}
