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
  command.option('--panel <file>', 'all as one figure, SVG or PNG, instead of a file each');
  addModelOptions(addOutputOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes reconstruct seven.png      writes seven.reconstruction.png; PSNR in dB, SSIM
  visual-echoes reconstruct seven.wav      writes seven.reconstruction.wav and .mel.png; mean error of the mel in dB
  visual-echoes reconstruct seven.png seven.wav --panel figure.svg   originals above their reconstructions

The error is that of the tokenizer: against the input in the model's form, before the vocoder.`,
    )
    .action(async (paths: string[], options: ModelOptions & OutputOptions & { panel?: string }) => {
      if (options.panel !== undefined) {
        const { reconstructPanel } = await import('../generation/reconstruct-panel.js');
        await reconstructPanel(paths, { ...options, panel: options.panel });
        return;
      }
      const { reconstructInputs } = await import('../generation/reconstruct-inputs.js');
      await reconstructInputs(paths, options);
    });
}
