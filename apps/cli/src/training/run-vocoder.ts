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
} from '@visual-echoes/vq-audio';
import { soundDistances } from '../evaluation/sound-distances.js';
import { melDifference } from '../mel/mel-difference.js';
import { melShape } from '../prepare/clip-form.js';
import type { WantedSounds } from '../sounds/wanted-sounds.js';
import { digitsToVocode } from './digits-to-vocode.js';
import type { RunOptions } from './run-options.js';
import { type FolderSounds, soundsToVocode } from './sounds-to-vocode.js';
import { loadAudioTokenizer } from './tokenize-digits.js';
import { trainVocoder } from './train-vocoder.js';
import type { VocoderFile } from './vocoder-file.js';
import { VocoderPieces } from './vocoder-pieces.js';

/** Trains a vocoder on spoken digits, or on the sounds of a folder. */
export async function runVocoder(
  file: VocoderFile,
  beside: (path: string) => string,
  source: { fsdd: string } | FolderSounds,
  run: RunOptions,
) {
  const mel = file.mel as unknown as MelConfig;
  const longest = Math.max(mel.fftSize, ...file.losses.resolutions.map(({ fftSize }) => fftSize));
  if (file.segment <= longest / 2) {
    throw new ConfigurationError(
      `"segment" is more than half of the longest transform, ${longest}, not ${file.segment}.`,
    );
  }
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
  const { excerpts, heldBack } =
    'fsdd' in source
      ? await digitsToVocode(source.fsdd, file)
      : await soundsToVocode(source, file, { forTokenizer: tokenizer !== undefined, run });
  const pieces = new VocoderPieces(excerpts, {
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
  const [own, theirs] = [mel as unknown as MelConfig, file.mel].map((one) => melShape(one).frames);
  const differs = melDifference(mel, file.mel) ?? (own === theirs ? undefined : 'firstFrames');
  if (differs) {
    const there = (file.mel as unknown as Record<string, unknown>)[differs];
    throw new ConfigurationError(
      `The tokenizer in ${folder} was trained on other mels: "mel.${differs}" is ${JSON.stringify(there)} there.`,
    );
  }
  return tokenizer;
}

/** Of sounds made from held-back mels, and from those that the tokenizer gives back: distances to the recordings. */
async function figures(
  vocoder: NeuralVocoder,
  heldBack: WantedSounds,
  stft: MultiResolutionStftLoss,
  tokenizer?: AudioTokenizer,
): Promise<Record<string, number>> {
  const distances = async (given: readonly Mel[]) => {
    const sounds = await Promise.all(given.map((mel) => vocoder.vocode(mel)));
    return soundDistances(sounds, heldBack, heldBack.spectrogram, stft);
  };
  const given = await distances(heldBack.mels);
  const found: Record<string, number> = { 'mel error': given.mel, 'stft error': given.stft };
  if (tokenizer) {
    const through = await distances(await tokenizer.decode(await tokenizer.encode([...heldBack.mels])));
    found['mel error through tokens'] = through.mel;
    found['stft error through tokens'] = through.stft;
  }
  return found;
}
