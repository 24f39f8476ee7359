import type { Command } from 'commander';
import {
  addModelOptions,
  addOutputOptions,
  type ModelOptions,
  type OutputOptions,
} from './shared-options.js';

/** Adds `visual-echoes reconstruct` to the program. */
export function register(program: Command): void {
  const command = program
    .command('reconstruct')
    .description('send pictures and sounds through the tokenizer and back, and say how much is lost')
    .argument('<input...>', 'pictures, sounds, videos (their sound track) and folders of them');
  addModelOptions(addOutputOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes reconstruct seven.png      writes seven.reconstruction.png; PSNR in dB, SSIM
  visual-echoes reconstruct seven.wav      writes seven.reconstruction.wav and .mel.png; mean error of the mel in dB

The error is that of the tokenizer: against the input in the model's form, before the vocoder.`,
    )
    .action(async (paths: string[], options: ModelOptions & OutputOptions) => {
      const { reconstructInputs } = await import('../generation/reconstruct-inputs.js');
      await reconstructInputs(paths, options);
    });
}
