import type {
  EngineInfo,
  Generated,
  GenerateRequest,
  GivenMedia,
  ModelInfo,
  StepReport,
  Tokens,
  View,
} from '../studio/protocol.js';
import type { StartedEngine } from './start-engine.js';
/** The model as the page uses it. */
export declare class Engine {
  readonly info: EngineInfo;
  readonly model: ModelInfo;
  private readonly echoes;
  /** The tokens of an empty picture and of silence, which stand for those that are unknown. */
  private nothing;
  /** How long the latest step's views took. */
  private viewing;
  constructor({ info, echoes }: StartedEngine);
  /** Media → tokens, and what the model sees and hears of them. @throws InvalidInputError. */
  encode({ picture, sound }: GivenMedia, signal: AbortSignal): Promise<View>;
  /** Tokens as they can be looked at. */
  view(tokens: Tokens, signal: AbortSignal): Promise<View>;
  generate(
    { task, canvas, controls, seed, count }: GenerateRequest,
    {
      onStep,
      signal,
    }: {
      onStep(report: StepReport): void;
      signal: AbortSignal;
    },
  ): Promise<Generated[]>;
  private finish;
  private views;
  private findNothing;
}
