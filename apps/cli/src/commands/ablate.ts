import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { AblateOptions } from '../ablation/ablate.js';
import { ABLATIONS } from '../ablation/ablation-kinds.js';
import { DIRECTIONS, type Direction, ORDERS, SAMPLINGS } from '../ablation/point-settings.js';
import { addModelOptions, numberFrom, wholeNumber } from './shared-options.js';

/** Adds `visual-echoes ablate` to the program. */
export function register(program: Command): void {
  const command = program
    .command('ablate')
    .description(
      'measure a model of digits over one or two settings: the figures of the paper, as data and as plots',
    )
    .addArgument(new Argument('<what>', 'which figure').choices(Object.keys(ABLATIONS)))
    .option('--data <folder>', 'folder that holds mnist/ and fsdd/ (or VISUAL_ECHOES_DATA)')
    .option(
      '--out <folder>',
      'where measurements, data and plots go; another process may work on it too',
      'ablations',
    )
    .option('--tasks <names>', `some of ${DIRECTIONS.join(',')}`, directions, [...DIRECTIONS])
    .option(
      '--guidance <list>',
      'guidance factors: several where they vary, else one for every point',
      list(numberFrom(0)),
    )
    .option('--temperature <list>', 'of the tokens; likewise', list(numberFrom(0)))
    .option(
      '--choice-temperature <list>',
      'of the noise in the confidence order; likewise',
      list(numberFrom(0)),
    )
    .option('--steps <list>', 'of sampling; likewise', list(wholeNumber(1)))
    .option('--order <list>', `${ORDERS.join(' or ')}; likewise`, list(order))
    .option('--models <list>', 'for mask-ratio and drop: VALUE=FOLDER,…, or a folder of training runs')
    .addOption(
      new Option('--sampling <way>', 'the model folder’s, or the paper’s in one stage without classes')
        .choices(SAMPLINGS)
        .default('model'),
    )
    .option('--limit <n>', 'samples of each point and task, over all seeds', wholeNumber(4), 501)
    .option('--seeds <n>', 'over how many seeds they are spread', wholeNumber(1), 3)
    .option('--validation', 'on data kept back from training; so it is, if --test is left out')
    .option('--test', 'on the test parts instead')
    .option('--classifiers <folder>', 'the classifiers that judge; the model’s evaluation/, if left out');
  addModelOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes ablate guidance --data data --out runs/guidance
  visual-echoes ablate guidance --sampling one-stage --guidance 1,2,3,4,6 --data data
  visual-echoes ablate temperature-steps --steps 4,8,12 --temperature 0.2,0.6,1 --data data
  visual-echoes ablate temperature-steps --sampling one-stage --choice-temperature 1,3,4.5,6 --data data
  visual-echoes ablate order --steps 4,8,16 --limit 60 --data data
  visual-echoes ablate mask-ratio --models 0.55=runs/a,0.65=runs/b --data data

Every measurement is a file of OUT/points. Ctrl-C stops between two; the same command goes on, and a second process on the
same folder takes what is not done. At the end come WHAT.json, WHAT.csv, WHAT.svg and WHAT.png. The settings that are not
named are the model’s; those that are named are the picture’s and the sound’s, not those of class and voice.`,
    )
    .action(async (what: keyof typeof ABLATIONS, options: AblateOptions) => {
      const takesModels = what === 'mask-ratio' || what === 'drop';
      if (takesModels !== (options.models !== undefined)) {
        command.error(
          takesModels
            ? `error: ${what} takes a model for each point; name them with --models`
            : `error: --models goes with mask-ratio and drop; name one model with --model`,
        );
      }
      if (options.test && options.validation)
        command.error('error: --test and --validation are two parts of the data; name one');
      const { ablate } = await import('../ablation/ablate.js');
      await ablate(what, options);
    });
}

/** Reads values between commas, each by `read`, each once. */
const list =
  <T>(read: (text: string) => T) =>
  (text: string): T[] => [...new Set(text.split(',').map((one) => read(one.trim())))];

function order(text: string): (typeof ORDERS)[number] {
  const found = ORDERS.find((one) => one === text);
  if (!found) throw new InvalidArgumentError(`There is no order "${text}".`);
  return found;
}

function directions(text: string): Direction[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !DIRECTIONS.some((one) => one === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no task "${unknown}".`);
  return DIRECTIONS.filter((one) => names.includes(one));
}
