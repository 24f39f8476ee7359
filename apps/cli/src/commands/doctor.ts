import type { Command } from 'commander';
import { type ModelOptions, modelOption } from './shared-options.js';

/** Adds `visual-echoes doctor` to the program. */
export function register(program: Command): void {
  const command = program
    .command('doctor')
    .description('say which engines work here and how fast, what is missing and how to get it');
  command
    .addOption(modelOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes doctor
  visual-echoes doctor --json

Exit code 1 where no engine works or the model is not found.`,
    )
    .action(async (options: Pick<ModelOptions, 'model' | 'json'>) => {
      const { examine } = await import('../doctor/examine.js');
      await examine(options);
    });
}
