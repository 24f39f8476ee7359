import { type Command, Option } from 'commander';
import type { MelCommandOptions } from '../mel/write-mels.js';
import { addOutputOptions, modelOption } from './shared-options.js';

/** Adds `visual-echoes mel` to the program. */
export function register(program: Command): void {
  const command = program
    .command('mel')
    .description('write the mel spectrograms of sounds, as .npy and as pictures')
    .argument('<input...>', 'sounds, videos (their sound track) and folders of them')
    .addOption(modelOption())
    .addOption(
      new Option('--preset <name>', 'constants of this recipe, not of the model').choices([
        'specvqgan',
        'digits',
      ]),
    )
    .option('--config <file>', 'JSON with constants that differ')
    .option('--clip', 'of the clip that the model takes: prepared and cut as its recordings are')
    .option('--compare <folder>', 'say the mean absolute difference from NAME_mel.npy in this folder');
  addOutputOptions(command)
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes mel seven.wav                          writes seven.mel.npy and seven.mel.png
  visual-echoes mel clip.mp4 --preset specvqgan        80 bands at 22,050 Hz, as SpecVQGAN's authors have them
  visual-echoes mel sounds/ --out mels --clip          every sound in a folder, as the model takes it
  visual-echoes mel videos/ --preset specvqgan --compare published-mels

seven.mel.npy is float32 [bands, frames], 0 to 1, the lowest band first: numpy.load("seven.mel.npy").
--config is such as {"melBands": 128, "fMax": 11025}; the constants are those of MelConfig in @visual-echoes/vq-audio.`,
    )
    .action(async (paths: string[], options: MelCommandOptions) => {
      const { writeMels } = await import('../mel/write-mels.js');
      await writeMels(paths, options);
    });
}
