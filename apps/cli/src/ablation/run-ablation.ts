import { findModel, folderSource, parseManifest, urlSource, type VisualEchoes } from 'visual-echoes/node';
import type { DataFolders } from '../data/data-folders.js';
import { type EvaluationData, readEvaluationData } from '../evaluation/evaluation-data.js';
import { CLASSIFIER_FILES, type Judges, loadJudges } from '../evaluation/judges.js';
import { type AblationData, ablationData } from './ablation-data.js';
import { type AblationPlan, pointsOf } from './ablation-plan.js';
import { defaultsOf } from './defaults-of.js';
import { measureReal, PointMeasurer } from './measure-point.js';
import type { Measurement } from './measurement.js';
import { filesHash, modelHash } from './model-hash.js';
import { type Direction, type Point, pointName } from './point-settings.js';
import { PointStore } from './point-store.js';
import { type PointJob, runPoints } from './run-points.js';

export interface RunAblationOptions {
  plan: AblationPlan;
  /** The model of every point, or of each by its value of `model`. */
  models: ReadonlyMap<string | undefined, string>;
  classifiers: string;
  data: DataFolders;
  /** The folder of the measurements. */
  out: string;
  load: (model: string) => Promise<VisualEchoes>;
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
    const manifest = parseManifest(await source.readText('visual-echoes.json'));
    about.push({ ...(value !== undefined && { value }), name: manifest.name, hash });
    hashes.set(value, hash);
    for (const direction of plan.directions) defaults[direction] ??= defaultsOf(manifest, direction);
  }
  const nameOf = (point: Point) => pointName(point, hashes.get(point.settings.model)!);
  const realHash = await filesHash(judges.folder, judges.files);
  const realName = (direction: Direction, what: string) =>
    ['real', direction, plan.part, what, realHash].join('_');
  const whole = (direction: Direction) => realName(direction, 'whole');
  const training = (direction: Direction) => realName(direction, `training-${plan.samples * plan.seeds}`);

  const tools = new Tools(options);
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
      real: async (direction) => {
        const made = await read(whole(direction));
        return {
          whole: made,
          training: await read(training(direction)),
          accuracy: made.correct / made.total,
        };
      },
    },
  );
}

/** What measuring needs, each loaded when it is first asked for; one model at a time. */
class Tools {
  private readonly options: RunAblationOptions;
  private data?: Promise<EvaluationData>;
  private judges?: Promise<Judges>;
  private current?: { value: string | undefined; model: VisualEchoes; measurer: PointMeasurer };
  private loadedJudges?: Judges;

  constructor(options: RunAblationOptions) {
    this.options = options;
  }

  async measurer(value: string | undefined): Promise<PointMeasurer> {
    if (this.current && this.current.value === value) return this.current.measurer;
    this.current?.model.dispose();
    this.current = undefined;
    const model = await this.options.load(this.options.models.get(value)!);
    const measurer = new PointMeasurer(model, await this.readJudges(), await this.readData());
    this.current = { value, model, measurer };
    return measurer;
  }

  async real(direction: Direction) {
    const { plan, models } = this.options;
    if (!this.current) await this.measurer([...models.keys()][0]); // it chooses the engine
    const samples = plan.samples * plan.seeds;
    return measureReal({ direction, samples }, await this.readJudges(), await this.readData());
  }

  dispose(): void {
    this.current?.model.dispose();
    this.loadedJudges?.dispose();
  }

  private readData() {
    const { data, plan } = this.options;
    this.data ??= readEvaluationData(data, { validation: plan.part === 'validation' });
    return this.data;
  }

  private readJudges() {
    this.judges ??= loadJudges(this.options.classifiers).then((judges) => {
      this.loadedJudges = judges;
      return judges;
    });
    return this.judges;
  }
}
