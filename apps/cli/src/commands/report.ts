import type { Command } from 'commander';
import type { ReportOptions } from '../report/write-report.js';

/** Adds `visual-echoes report` to the program. */
export function register(program: Command): void {
  program
    .command('report')
    .description(
      'draw results of evaluate and ablate together in one HTML file, with plots and samples to listen to',
    )
    .argument('<results...>', 'folders that evaluate --out and ablate --out wrote, or their JSON files')
    .option('--out <file>', 'the page', 'report.html')
    .option('--title <text>', 'its heading', 'Visual Echoes')
    .option('--force', 'write over a file that exists')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes evaluate --data data --out results
  visual-echoes ablate guidance --data data --out ablations
  visual-echoes report results ablations --out report.html

The page holds its pictures and sounds itself and loads nothing.`,
    )
    .action(async (paths: string[], options: ReportOptions) => {
      const { writeReport } = await import('../report/write-report.js');
      await writeReport(paths, options);
    });
}
