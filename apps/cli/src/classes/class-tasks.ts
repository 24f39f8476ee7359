import {
  audioToImageClassRows,
  coGenerationClassRows,
  imageToAudioClassRows,
} from './class-generation-rows.js';
import { reconstructionClassRows, speedClassRows, varietyClassRows } from './class-other-rows.js';

/** What can be measured of the classes of a dataset, in the order of the table. */
export const CLASS_TASKS = {
  'image-to-audio': imageToAudioClassRows,
  'audio-to-image': audioToImageClassRows,
  'co-generation': coGenerationClassRows,
  variety: varietyClassRows,
  reconstruction: reconstructionClassRows,
  speed: speedClassRows,
};

export type ClassTask = keyof typeof CLASS_TASKS;
