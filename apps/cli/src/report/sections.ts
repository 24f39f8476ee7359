import type { AblationData } from '../ablation/ablation-data.js';
import { ABLATIONS } from '../ablation/ablation-kinds.js';
import { ablationCells } from '../ablation/ablation-table.js';
import type { EvaluationFile } from '../evaluation/evaluation-file.js';
import { rowCells } from '../evaluation/evaluation-row.js';
import { ablationPlot } from '../plots/ablation-plot.js';
import { INK } from '../plots/palette.js';
import { exampleGrid } from './example-grid.js';
import { escapeHtml, htmlTable } from './html.js';

/** A part of a report: its heading and what stands below. */
export interface Section {
  title: string;
  body: string;
}

const PARTS = { validation: 'data kept back from training', test: 'the test parts' } as const;

/** The table of an evaluation and its examples, task by task. */
export async function evaluationSection(result: EvaluationFile & { folder: string }): Promise<Section> {
  const { model, backend, seeds, validation, on, rows, examples, folder } = result;
  const { header, lines } = rowCells(rows);
  const grids: string[] = [];
  for (const task of new Set(examples.map((example) => example.task))) {
    const own = examples.filter((example) => example.task === task);
    grids.push(`<h3>${escapeHtml(task)}</h3>\n${await exampleGrid(folder, own)}`);
  }
  const named = seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.join(', ')}`;
  const compared = examples.some(({ original }) => original)
    ? '\n<p>After ≈ stands what a result is compared with; sounds there are its spectrogram’s, by the same vocoder.</p>'
    : '';
  return {
    title: `Evaluation of ${model}`,
    body: `<p>On ${escapeHtml(on ?? PARTS[validation ? 'validation' : 'test'])}, ${named}, engine ${escapeHtml(backend)}.</p>
${htmlTable(header, lines)}${compared}
${grids.join('\n')}`,
  };
}

/** The plot of an ablation and its table. */
export function ablationSection(data: AblationData): Section {
  const { ablation, models, part, sampling, seeds, samplesOfASeed, engine, fixed } = data;
  const { title } = ABLATIONS[ablation] ?? { title: ablation };
  const names = models.map(({ name, hash, value }) => `${value ? `${value}: ` : ''}${name} (${hash})`);
  const named = Object.entries(fixed).map(([name, value]) => `${name} ${value}`);
  const way = sampling === 'model' ? 'by the settings of the model folder' : 'in one stage, without classes';
  const about = `${names.join(', ')} on ${PARTS[part] ?? part}, ${way}${named.length > 0 ? `, ${named.join(', ')}` : ''}; ${
    samplesOfASeed * seeds
  } samples a point and task over ${seeds} seeds, engine ${engine}. Bars are 95 % intervals: Wilson’s, and Student’s over the seeds.`;
  const { header, lines } = ablationCells(data);
  return {
    title: sampling === 'model' ? title : `${title}, in one stage`,
    body: `<p>${escapeHtml(about)}</p>
<div class="wide plot" role="img" aria-label="${escapeHtml(`Plot: ${title}`)}">${inline(ablationPlot(data))}</div>
${htmlTable(header, lines)}`,
  };
}

/** A plot in the page's own colour of text. */
const inline = (svg: string) =>
  svg.replaceAll(`"${INK}"`, '"currentColor"').replaceAll(' xml:space="preserve"', '');
