import { ConfigurationError } from '@visual-echoes/core';
import { type Command, InvalidArgumentError } from 'commander';
import { selectBackend } from 'visual-echoes/node';
import { dataFolders } from '../data/data-folders.js';
import { type EvaluateOptions, evaluate } from '../evaluation/evaluate.js';
import { type EvaluationTask, TASKS } from '../evaluation/evaluate-model.js';
import type { EvaluateVocoderOptions } from '../evaluation/evaluate-vocoder.js';
import type { EvaluateDatasetOptions } from '../retrieval/evaluate-dataset.js';
import { addModelOptions, interruptSignal, numberFrom, wholeNumber } from './shared-options.js';

const ALL_TASKS = Object.keys(TASKS) as EvaluationTask[];

/** Adds `visual-echoes evaluate` to the program. */
export function register(program: Command): void {
  const command = program
    .command('evaluate')
    .description('measure a model: of digits, the table of its model card; of all else, over a dataset')
    .option(
      '--dataset <folder>',
      'measure over the pictures and mel spectrograms of a dataset that prepare made, instead of digits',
    )
    .option(
      '--sounds <folder>',
      'measure a vocoder beside Griffin-Lim on the sounds of a folder, instead of digits',
    )
    .option('--vocoder <folder>', 'a training run or a model folder; the vocoder of --model, if left out')
    .option('--split <name>', 'of the dataset or the sounds; the one held back, else train')
    .option('--frames <n>', 'of each clip of the dataset, so many are turned into sound', wholeNumber(1), 1)
    .option('--data <folder>', 'folder that holds mnist/ and fsdd/ (or VISUAL_ECHOES_DATA)')
    .option('--tasks <names>', `some of ${ALL_TASKS.join(',')}`, readTasks)
    .option(
      '--limit <n>',
      'at most so many samples of each task; of a dataset, 100 clips, and by class 500 of each',
      wholeNumber(2),
    )
    .option('--seed <n>', 'of the random numbers', wholeNumber(0), 1)
    .option(
      '--seeds <n>',
      'measure with so many seeds, and give the interval over them too',
      wholeNumber(1),
      1,
    )
    .option(
      '--steps <n>',
      'of sampling the picture or the sound, instead of the model’s; of training classifiers on a dataset, at most',
      wholeNumber(1),
    )
    .option('--guidance <g>', 'likewise', numberFrom(0))
    .option('--temperature <t>', 'likewise', numberFrom(0))
    .option('--attempts <n>', 'at drawing a result, likewise; 1 takes the first', wholeNumber(1))
    .option(
      '--validation',
      'on data kept back from training, to search settings with, and not on the test parts',
    )
    .option(
      '--classifiers <folder>',
      'the classifiers that judge: of digits, the model’s evaluation/, if left out; of a dataset, also measure by class',
    )
    .option(
      '--train-classifiers',
      'train those classifiers, on digits or on --dataset, and write them to --out',
    )
    .option(
      '--features-onnx <file>',
      'also measure distances in the features of this network; FILE.json says what it takes',
      several,
    )
    .option('--features-tfjs <folder>', 'likewise of a TensorFlow.js model, with its features.json', several)
    .option('--out <folder>', 'also write there what visual-echoes report needs, and sheets of samples');
  addModelOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes evaluate --data data                                  everything, on the test parts
  visual-echoes evaluate --tasks audio-to-image --limit 100 --validation --temperature 0.8
  visual-echoes evaluate --seeds 3 --out results                      with intervals over seeds; then visual-echoes report results
  visual-echoes evaluate --tasks image-to-audio --features-onnx vggish.onnx
  visual-echoes evaluate --train-classifiers --data data --out classifiers
  visual-echoes evaluate --dataset data --model runs/transformer/model --out results
  visual-echoes evaluate --train-classifiers --dataset data --out judges
  visual-echoes evaluate --dataset data --model runs/transformer/model --classifiers judges --seeds 20 --out results
  visual-echoes evaluate --tasks vocoder --sounds recordings --vocoder runs/vocoder

Over a dataset, a result counts where it is nearer to its own clip than to any other: sounds by the mean difference of
mel spectrograms in decibels, pictures by that of pixels, 0 to 255, to the nearest frame, at 32 pixels a side. Pairs
from nothing count where picture and sound are nearest to one clip. With --classifiers, what was made of every picture
and sound that is held back is also named by classifiers that were trained on the dataset's split train; tasks are then
image-to-audio, audio-to-image, co-generation, variety, reconstruction and speed.

Digits are named by small classifiers that were trained on real pictures and recordings only; how often these are
right on real data stands beside each figure. The JSON file beside a network of features is such as
  { "name": "VGGish", "input": { "type": "mel", "mel": { "sampleRate": 16000, "melBands": 64 }, "frames": 96, "layout": "ntb" } }
with "type": "picture" (width, height, channels, range, layout nchw or nhwc), "mel" or "waveform" (sampleRate, samples).`,
    )
    .action(async (options: CommandOptions) => {
      const { dataset, sounds, vocoder, tasks = ALL_TASKS, ...digits } = options;
      if (sounds !== undefined) {
        if (dataset !== undefined) {
          throw new ConfigurationError('--dataset and --sounds are measured one by one; leave one out.');
        }
        refuseDigits(options, '--sounds measures on the sounds of a folder');
        const { evaluateVocoder } = await import('../evaluation/evaluate-vocoder.js');
        return evaluateVocoder({ ...options, sounds });
      }
      if (vocoder !== undefined) {
        throw new ConfigurationError('--vocoder is measured on the sounds of a folder; add --sounds FOLDER.');
      }
      if (dataset !== undefined) {
        refuseDigits(options, '--dataset measures over a dataset', OF_DIGITS_ONLY);
        if (options.trainClassifiers) {
          const { runTrainClassClassifiers } = await import('../classes/run-train-class-classifiers.js');
          return runTrainClassClassifiers({ ...options, dataset });
        }
        const { evaluateDataset } = await import('../retrieval/evaluate-dataset.js');
        return evaluateDataset({ ...options, dataset });
      }
      return options.trainClassifiers ? trainThem({ ...digits, tasks }) : evaluate({ ...digits, tasks });
    });
}

type CommandOptions = Omit<EvaluateOptions, 'tasks'> &
  Pick<EvaluateDatasetOptions, 'split' | 'frames'> &
  Pick<EvaluateVocoderOptions, 'vocoder'> & { dataset?: string; sounds?: string; tasks?: EvaluationTask[] };

/** Options that digits are judged by, and no dataset is. */
const OF_DIGITS_ONLY = ['data', 'validation', 'featuresOnnx', 'featuresTfjs'] as const;

/** Options that say how digits are judged. */
const OF_DIGITS = [...OF_DIGITS_ONLY, 'classifiers', 'trainClassifiers'] as const;

/** Throws where an option is given that does not go with what is measured. */
function refuseDigits(
  options: CommandOptions,
  why: string,
  ofDigits: readonly (keyof CommandOptions)[] = OF_DIGITS,
): void {
  const given = ofDigits.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const option = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new ConfigurationError(`--${option} is for digits, and ${why}; leave one out.`);
}

function readTasks(text: string): EvaluationTask[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(name in TASKS));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no task "${unknown}".`);
  return ALL_TASKS.filter((task) => names.includes(task));
}

const several = (value: string, before: string[] = []) => [...before, value];

async function trainThem({ data, out, backend, json }: EvaluateOptions): Promise<void> {
  if (!out) throw new ConfigurationError('Name the folder for the classifiers with --out.');
  const folders = dataFolders(data);
  // Networks so small are fastest on one thread.
  await selectBackend({ prefer: backend, threads: 1, onMessage: (line) => console.error(line) });
  // Loaded only here: it brings in the training parts.
  const { trainClassifiers } = await import('../evaluation/train-classifiers.js');
  const accuracies = await trainClassifiers(['picture', 'sound', 'speaker'], folders, out, {
    onMessage: (line) => console.error(line),
    signal: interruptSignal(),
  });
  if (json) console.log(JSON.stringify({ accuracies }, null, 2));
  else {
    for (const [name, value] of Object.entries(accuracies))
      console.log(`${name}: ${(100 * value).toFixed(2)} % of the real test part`);
  }
}
