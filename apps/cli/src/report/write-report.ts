import { writeFileAtomically } from '@visual-echoes/core/node';
import { refuseExisting } from '../output/plan-jobs.js';
import { readResults } from './read-results.js';
import { reportPage } from './report-page.js';
import { ablationSection, evaluationSection, type Section } from './sections.js';

/** The options of `visual-echoes report`. */
export interface ReportOptions {
  out: string;
  title: string;
  force?: boolean;
  json?: boolean;
}

/** Draws results together in one HTML file. @throws FileAccessError, ConfigurationError. */
export async function writeReport(
  paths: readonly string[],
  { out, title, force = false, json = false }: ReportOptions,
): Promise<void> {
  refuseExisting([out], { force });
  const sections: Section[] = [];
  for (const result of await readResults(paths)) {
    sections.push(result.kind === 'evaluation' ? await evaluationSection(result) : ablationSection(result));
  }
  await writeFileAtomically(out, [reportPage(title, sections)]);
  if (json) console.log(JSON.stringify({ report: out, sections: sections.map((one) => one.title) }, null, 2));
  else console.log(`${out} (${sections.map((one) => one.title).join('; ')})`);
}
