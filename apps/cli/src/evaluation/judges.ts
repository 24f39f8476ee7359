import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, Random, VisualEchoesError } from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import {
  MEL_DIGITS,
  MelSpectrogram,
  prepareSpeech,
  SPEECH_DIGITS,
  type Waveform,
} from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import { CLASSIFIERS_FILE } from '../classes/classifiers-file.js';
import { remember } from '../features/remember.js';
import {
  Classifier,
  type ClassifierShape,
  PICTURE_CLASSIFIER,
  SOUND_CLASSIFIER,
  SPEAKER_CLASSIFIER,
} from './classifier.js';
import { type Judgement, judge } from './judge.js';

/** The class of a sound in which nothing is heard. */
export const NOTHING = 0xffff;

/** Files of the three classifiers in a folder. */
export const CLASSIFIER_FILES = {
  picture: 'picture-classifier.safetensors',
  sound: 'sound-classifier.safetensors',
  speaker: 'speaker-classifier.safetensors',
} as const;

/** What hears and sees for us: classifiers that were trained on real recordings and pictures only. */
export interface Judges {
  /** Names pictures of 28 × 28, light on dark, as they are. */
  judgePictures(pictures: readonly Picture[]): Promise<Judgement>;
  /** Names the digit of each sound, by its samples; `NOTHING` where nothing is heard. */
  judgeSounds(sounds: readonly Waveform[]): Promise<Judgement>;
  /** Names the voice of each sound, an index of `FSDD_VOICES`. */
  judgeSpeakers(sounds: readonly Waveform[]): Promise<Judgement>;
  dispose(): void;
}

/**
 * Loads the classifiers of digits that `visual-echoes evaluate --train-classifiers` made.
 * @throws FileAccessError, CheckpointError; ConfigurationError where they are those of a dataset.
 *
 * @example
 * const judges = await loadJudges('packages/model-digits/evaluation');
 * const { classes } = await judges.judgeSounds([{ sampleRate: 8000, channels: [samples] }]);
 */
export async function loadJudges(folder: string): Promise<Judges> {
  if (existsSync(join(folder, CLASSIFIERS_FILE))) {
    throw new ConfigurationError(`The classifiers in ${folder} judge a dataset; add --dataset.`);
  }
  const load = async (file: string, shape: ClassifierShape) => {
    const classifier = new Classifier(shape, new Random(0));
    classifier.loadStateDict(await readStateFile(join(folder, file)));
    return classifier;
  };
  const picture = await load(CLASSIFIER_FILES.picture, PICTURE_CLASSIFIER);
  const sound = await load(CLASSIFIER_FILES.sound, SOUND_CLASSIFIER);
  const speaker = await load(CLASSIFIER_FILES.speaker, SPEAKER_CLASSIFIER);
  return {
    // Rows ask for the classes and for the features of one list.
    judgePictures: remember((pictures) => judge(picture, pictures.map(pictureInput))),
    judgeSounds: remember((sounds) => judgeHeard(sound, sounds)),
    judgeSpeakers: (sounds) => judgeHeard(speaker, sounds),
    dispose: () => {
      for (const classifier of [picture, sound, speaker]) classifier.dispose();
    },
  };
}

async function judgeHeard(classifier: Classifier, sounds: readonly Waveform[]): Promise<Judgement> {
  const inputs: (Float32Array | null)[] = [];
  for (const sound of sounds) inputs.push(await soundInput(sound));
  const silent = new Float32Array(SOUND_CLASSIFIER.height * SOUND_CLASSIFIER.width).fill(-1);
  const judgement = await judge(
    classifier,
    inputs.map((input) => input ?? silent),
  );
  judgement.classes.forEach((_, i) => {
    if (!inputs[i]) judgement.classes[i] = NOTHING;
  });
  return judgement;
}

/** A picture as its classifier takes it. */
export const pictureInput = ({ data }: Picture): Float32Array =>
  Float32Array.from(data, (value) => value / 127.5 - 1);

const mel = new MelSpectrogram(MEL_DIGITS);

/** A sound as its classifiers take it: the utterance found and levelled, 64 bands × 64 frames; null for silence. */
export async function soundInput(sound: Waveform): Promise<Float32Array | null> {
  try {
    return mel.forward(await prepareSpeech(sound, SPEECH_DIGITS)).data.map((value) => 2 * value - 1);
  } catch (error) {
    if (error instanceof VisualEchoesError) return null;
    throw error;
  }
}
