import type { VisualEchoes } from 'visual-echoes/node';
import type { DataFolders } from '../data/data-folders.js';
import { type EvaluationData, readEvaluationData } from '../evaluation/evaluation-data.js';
import { type Judges, loadJudges } from '../evaluation/judges.js';
import type { AblationPlan } from './ablation-plan.js';
import { measureReal, PointMeasurer } from './measure-point.js';
import type { Direction } from './point-settings.js';

export interface MeasuringOptions {
  plan: AblationPlan;
  /** The model of every point, or of each by its value of `model`. */
  models: ReadonlyMap<string | undefined, string>;
  classifiers: string;
  data: DataFolders;
  load: (model: string) => Promise<VisualEchoes>;
}

/** What measuring needs, each loaded when it is first asked for; one model at a time. */
export class MeasuringTools {
  private readonly options: MeasuringOptions;
  private data?: Promise<EvaluationData>;
  private judges?: Promise<Judges>;
  private current?: { value: string | undefined; model: VisualEchoes; measurer: PointMeasurer };
  private loadedJudges?: Judges;

  constructor(options: MeasuringOptions) {
    this.options = options;
  }

  /** The measurer of the model of a point. */
  async measurer(value: string | undefined): Promise<PointMeasurer> {
    if (this.current && this.current.value === value) return this.current.measurer;
    this.current?.model.dispose();
    this.current = undefined;
    const model = await this.options.load(this.options.models.get(value)!);
    const measurer = new PointMeasurer(model, await this.readJudges(), await this.readData());
    this.current = { value, model, measurer };
    return measurer;
  }

  /** What real data are worth. */
  async real(direction: Direction) {
    const { plan, models } = this.options;
    if (!this.current) await this.measurer([...models.keys()][0]); // it chooses the engine
    const { samples, seeds } = plan;
    return measureReal({ direction, samples, seeds }, await this.readJudges(), await this.readData());
  }

  /** Frees what was loaded. */
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
