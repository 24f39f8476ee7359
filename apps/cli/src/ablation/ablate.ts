import { join } from 'node:path';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { interruptSignal, loadNamedModel, type ModelOptions } from '../commands/shared-options.js';
import { dataFolders } from '../data/data-folders.js';
import { classifierFolder } from '../evaluation/classifier-folder.js';
import { ProgressBar } from '../output/progress-bar.js';
import { ablationPlot } from '../plots/ablation-plot.js';
import { plotPng } from '../plots/plot-png.js';
import { ablationCsv } from './ablation-data.js';
import type { AblationName } from './ablation-kinds.js';
import { planAblation } from './ablation-plan.js';
import { ablationTable } from './ablation-table.js';
import { modelsOfPoints } from './models-of-points.js';
import type { Direction, Point, PointSettings } from './point-settings.js';
import { runAblation } from './run-ablation.js';

/** The options of `visual-echoes ablate`. */
export interface AblateOptions extends ModelOptions {
  data?: string;
  out: string;
  tasks: Direction[];
  guidance?: number[];
  temperature?: number[];
  choiceTemperature?: number[];
  steps?: number[];
  order?: NonNullable<PointSettings['order']>[];
  models?: string;
  sampling: Point['sampling'];
  limit: number;
  seeds: number;
  validation?: boolean;
  test?: boolean;
  classifiers?: string;
}

/** Measures what an ablation needs and writes its data and its plot. */
export async function ablate(ablation: AblationName, options: AblateOptions): Promise<void> {
  const { model, out, limit, seeds, sampling, json = false } = options;
  const models: ReadonlyMap<string | undefined, string> =
    options.models && (ablation === 'mask-ratio' || ablation === 'drop')
      ? await modelsOfPoints(options.models, ablation)
      : new Map([[undefined, model]]);
  const { guidance, temperature, choiceTemperature, steps, order } = options;
  const plan = planAblation(ablation, {
    directions: options.tasks,
    sampling,
    seeds,
    limit,
    part: options.test ? 'test' : 'validation',
    named: {
      ...(options.models && { model: [...models.keys()].map(String) }),
      ...(guidance && { guidance }),
      ...(temperature && { temperature }),
      ...(choiceTemperature && { choiceTemperature }),
      ...(steps && { steps }),
      ...(order && { order }),
    },
  });
  const signal = interruptSignal();
  const bar = new ProgressBar('Measuring', { hidden: json });
  const data = await runAblation({
    plan,
    models,
    classifiers: classifierFolder({ classifiers: options.classifiers, model }),
    data: dataFolders(options.data),
    out,
    load: (one) => loadNamedModel({ ...options, model: one, json: json || process.stderr.isTTY }, { signal }),
    signal,
    onProgress: (share) => bar.update(share),
    // Whoever reads along in a log has no bar.
    onPoint: (name) => {
      if (!json && !process.stderr.isTTY) console.error(`${name} measured`);
    },
  }).finally(() => bar.stop());
  const file = (ending: string) => join(out, `${ablation}.${ending}`);
  await writeFileAtomically(file('json'), [`${JSON.stringify(data, null, 2)}\n`]);
  await writeFileAtomically(file('csv'), [ablationCsv(data)]);
  const svg = ablationPlot(data);
  await writeFileAtomically(file('svg'), [svg]);
  await writeFileAtomically(file('png'), [await plotPng(svg)]);
  if (json) {
    console.log(JSON.stringify(data, null, 2));
    return;
  }
  console.log(ablationTable(data));
  const part = plan.part === 'validation' ? 'data kept back from training' : 'the test parts';
  const names = data.models.map(({ value, name, hash }) =>
    // Trained alike, several have one name.
    value === undefined ? `${name} (${hash})` : `${value}: ${name} in ${models.get(value)} (${hash})`,
  );
  console.log(
    `\n${names.join(', ')} on ${part}, ${plan.samples * plan.seeds} samples a point and task over ${seeds} seeds.`,
  );
  console.log(['json', 'csv', 'svg', 'png'].map(file).join(', '));
}
