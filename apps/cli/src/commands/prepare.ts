import { type Command, Option } from 'commander';
import { KINDS } from '../prepare/listing.js';
import type { PrepareOptions } from '../prepare/prepare-options.js';
import { numberFrom, wholeNumber } from './shared-options.js';

/** Adds `visual-echoes prepare` to the program. */
export function register(program: Command): void {
  program
    .command('prepare')
    .description('make a dataset for training of videos, of pictures and sounds, or of VGGSound')
    .argument(
      '<source>',
      'a folder of videos or of pictures and sounds, VGGSound’s list (.csv), or a dataset',
    )
    .requiredOption('--out <folder>', 'the dataset; run it again and it goes on')
    .addOption(new Option('--kind <kind>', 'what the source is; recognised, if left out').choices(KINDS))
    .option('--clips <folder>', 'of VGGSound’s list, the clips: ID_START_END.mp4 or ID_000030.mp4')
    .option('--model <folder>', 'write the tokens of this model’s tokenizers')
    .option('--image-tokenizer <folder>', 'the pictures’ from this model folder or training run')
    .option('--audio-tokenizer <folder>', 'likewise the sounds’')
    .option('--frames <n>', 'of each clip, in the middle of so many equal parts', wholeNumber(1), 10)
    .option('--picture <pixels>', 'side of the pictures; 256, or the tokenizer’s', wholeNumber(8))
    .option(
      '--augment <n>',
      'so many further variants of each frame: cut out at random, mirrored',
      wholeNumber(0),
      0,
    )
    .option(
      '--variants <n>',
      'so many further clips of each training clip, varied as --augmentation says',
      wholeNumber(0),
      0,
    )
    .option('--augmentation <file>', 'how frames and mel spectrograms of variants are varied, JSON')
    .option('--duration <seconds>', 'of a clip, from its start; 10, or the tokenizer’s', numberFrom(1))
    .addOption(
      new Option('--encoding <form>', 'of pictures where there is no tokenizer')
        .choices(['jpeg', 'png'])
        .default('jpeg'),
    )
    .option('--seed <n>', 'of the augmentation and of pairs drawn from a class', wholeNumber(0), 0)
    .option('--shard <clips>', 'so many clips a file', wholeNumber(1), 1000)
    .addOption(
      new Option('--backend <name>', 'engine; the fastest that works, if left out').choices([
        'tensorflow',
        'wasm',
        'cpu',
      ]),
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes prepare videos/ --out data                    pictures and mel spectrograms, to train tokenizers on
  visual-echoes prepare videos/ --out tokens --model mine     tokens, to train the transformer on
  visual-echoes prepare data/ --out tokens --model mine       the same from what was prepared before
  visual-echoes prepare vggsound.csv --clips clips/ --out vggsound
  visual-echoes prepare pairs/ --out data --augment 3
  visual-echoes prepare data/ --out tokens --model mine --variants 20 --augmentation varied.json

Folders at the top of a source are classes; inside train/, val/ or test/, which are splits, the next ones are.
Pictures and sounds are paired by name, or else any picture of a class with any sound of it.
Ctrl-C or a crash loses what is not finished of the shards at work; several processes may work on one dataset.
What fails is listed in failed.jsonl, and the exit code is 1.`,
    )
    .action(async (source: string, options: PrepareOptions) => {
      const { prepareDataset } = await import('../prepare/prepare-dataset.js');
      await prepareDataset(source, options);
    });
}
