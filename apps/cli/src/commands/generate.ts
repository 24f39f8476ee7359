import { type Command, Option } from 'commander';
import type { GenerateCommandOptions } from '../generation/generate-command-options.js';
import { addModelOptions, addOutputOptions, numberFrom, wholeNumber } from './shared-options.js';

/** Adds `visual-echoes generate` to the program. */
export function register(program: Command): void {
  const command = program
    .command('generate')
    .description('turn pictures into sounds and sounds into pictures, or make both from nothing')
    .argument('[input...]', 'pictures, sounds, videos (their sound track) and folders of them')
    .addOption(
      new Option('--to <kind>', 'what to make; told by the input, if left out').choices([
        'audio',
        'image',
        'both',
      ]),
    )
    .option('--count <n>', 'different results for each input, or pairs in all', wholeNumber(1), 1)
    .option('--label <class>', 'with --to both: of this class, such as seven or 7')
    .option('--voice <name>', 'the sounds in this voice, such as theo; any, if left out')
    .option('--seed <n>', 'another seed gives other results', wholeNumber(0), 0)
    .option('--steps <n>', 'steps of the sampler; the model says, if left out', wholeNumber(1))
    .option('--guidance <scale>', 'guidance scale, 1 is none; likewise', numberFrom(0))
    .option('--temperature <t>', 'of the tokens, 0 takes the likeliest; likewise', numberFrom(0))
    .option(
      '--attempts <n>',
      'draw a result at most so often, until the model reads its class in it; likewise',
      wholeNumber(1),
    );
  addModelOptions(addOutputOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes generate seven.png                     writes seven.wav and seven.mel.png
  visual-echoes generate seven.wav --out pictures      writes pictures/seven.png
  visual-echoes generate word.m4a clip.mp4             sounds of other formats, and of videos; see doctor
  visual-echoes generate seven.png --count 5           writes seven-1.wav to seven-5.wav
  visual-echoes generate photos/ --to audio            every picture in a folder; a second run goes on
  visual-echoes generate --to both --count 8           writes sample-0001.wav and sample-0001.png, …
  visual-echoes generate --to both --label seven

An input gives the same result with the same seed, alone or in a folder.`,
    )
    .action(async (inputs: string[], options: GenerateCommandOptions) => {
      if (options.to === 'both' && inputs.length > 0) {
        command.error(
          'error: --to both makes pairs from nothing; leave the inputs out, or use --to audio or image',
        );
      }
      if (options.to !== 'both' && inputs.length === 0) {
        command.error('error: name a picture, a sound or a folder, or use --to both');
      }
      if (options.label !== undefined && options.to !== 'both') {
        command.error('error: --label goes with --to both');
      }
      if (options.to === 'both') {
        const { generatePairs } = await import('../generation/generate-pairs.js');
        await generatePairs(options);
      } else {
        const { generateFromInputs } = await import('../generation/generate-from-inputs.js');
        await generateFromInputs(inputs, options);
      }
    });
}
