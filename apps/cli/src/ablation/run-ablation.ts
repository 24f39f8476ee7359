import { findModel, folderSource, MANIFEST_FILE, parseManifest, urlSource } from 'visual-echoes/node';
import { CLASSIFIER_FILES } from '../evaluation/judges.js';
import { type AblationData, ablationData } from './ablation-data.js';
import { pointsOf } from './ablation-plan.js';
import { defaultsOf } from './defaults-of.js';
import type { Measurement } from './measurement.js';
import { type MeasuringOptions, MeasuringTools } from './measuring-tools.js';
import { filesHash, modelHash } from './model-hash.js';
import { type Direction, type Point, pointName } from './point-settings.js';
import { PointStore } from './point-store.js';
import { type PointJob, runPoints } from './run-points.js';

export interface RunAblationOptions extends MeasuringOptions {
  /** The folder of the measurements. */
  out: string;
  signal: AbortSignal;
  onProgress: (share: number) => void;
  onPoint: (name: string) => void;
}

/**
 * Measures what of a plan is not in `out` yet, and draws all of it together. A model is loaded only where
 * something is to be measured with it.
 * @throws CancelledError, FileAccessError, ConfigurationError.
 */
export async function runAblation(options: RunAblationOptions): Promise<AblationData> {
  const { plan, models, classifiers, out, signal } = options;
  const store = new PointStore(out);
  const judges = { folder: classifiers, files: Object.values(CLASSIFIER_FILES) };
  const about: AblationData['models'] = [];
  const defaults: AblationData['defaults'] = {};
  const hashes = new Map<string | undefined, string>();
  for (const [value, model] of models) {
    const source = /^https?:/.test(model) ? urlSource(model) : folderSource(findModel(model));
    const hash = await modelHash(source, judges);
    const manifest = parseManifest(await source.readText(MANIFEST_FILE));
    about.push({ ...(value !== undefined && { value }), name: manifest.name, hash });
    hashes.set(value, hash);
    for (const direction of plan.directions) defaults[direction] ??= defaultsOf(manifest, direction);
  }
  const nameOf = (point: Point) => pointName(point, hashes.get(point.settings.model)!);
  const realHash = await filesHash(judges.folder, judges.files);
  const realName = (direction: Direction, what: string) =>
    ['real', direction, plan.part, what, realHash].join('_');
  const whole = (direction: Direction) => realName(direction, 'whole');
  const training = (direction: Direction) => realName(direction, `same-digits-${plan.samples * plan.seeds}`);

  const tools = new MeasuringTools(options);
  const jobs: PointJob[] = pointsOf(plan).map((point) => ({
    name: nameOf(point),
    about: { ...point, hash: hashes.get(point.settings.model) },
    measure: async (onProgress) =>
      (await tools.measurer(point.settings.model)).measure(point, { signal, onProgress }),
  }));
  for (const direction of plan.directions) {
    jobs.push({
      name: whole(direction),
      about: { direction, part: plan.part },
      measure: async () => (await tools.real(direction)).whole,
    });
    jobs.push({
      name: training(direction),
      about: { direction, samples: plan.samples * plan.seeds },
      measure: async () => (await tools.real(direction)).training,
    });
  }
  try {
    await runPoints(jobs, store, options);
  } finally {
    tools.dispose();
  }
  const read = async (name: string): Promise<Measurement> => (await store.read(name))!;
  return ablationData(
    plan,
    { models: about, defaults },
    {
      of: (point) => read(nameOf(point)),
      real: async (direction) => ({
        whole: await read(whole(direction)),
        training: await read(training(direction)),
      }),
    },
  );
}
