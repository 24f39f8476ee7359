import { type ReadonlySignal } from '@preact/signals';
import type {
  EngineInfo,
  EngineName,
  Generated,
  GenerateRequest,
  GivenMedia,
  ModelInfo,
  StepReport,
  Tokens,
  View,
} from './protocol.js';
/** Whether the model can be used. */
export type StudioState =
  /** `share` never goes back, also over restarts. */
  | {
      phase: 'loading';
      share: number;
      what: string;
    }
  | {
      phase: 'ready';
      engine: EngineInfo;
      model: ModelInfo;
    }
  /** Nothing works; `start` tries again. */
  | {
      phase: 'failed';
      message: string;
    };
/** Something the visitor should know of, in words; it needs no answer. */
export interface Notice {
  message: string;
}
export interface StudioOptions {
  /** The model folder's address. */
  model: string;
  /** Only this engine; else the fastest that passes its check. */
  engine?: EngineName | undefined;
  /** Makes the worker; a test brings one of its own. */
  spawn?: () => Worker;
}
/**
 * The page's side of the model, which lives in a Web Worker: starts it, asks it, and starts another where it ends or its
 * engine is lost, with what was asked for going on there.
 *
 * @example
 * const studio = new Studio({ model: 'model/' });
 * studio.start();
 * const { tokens } = await studio.encode({ picture });
 * const [result] = await studio.generate({ task: 'imageToAudio', canvas: { image: tokens.image }, controls: {}, seed: 1, count: 1 });
 */
export declare class Studio {
  private readonly options;
  private readonly current;
  readonly notice: import('@preact/signals').Signal<Notice | undefined>;
  /** Milliseconds of the latest generation. */
  readonly took: import('@preact/signals').Signal<number | undefined>;
  private worker;
  private stopWatching;
  private readonly pending;
  private readonly avoid;
  private wanted;
  private nextId;
  private restarts;
  constructor(options: StudioOptions);
  get state(): ReadonlySignal<StudioState>;
  /** Starts the worker, or starts it anew; what is under way goes on there. */
  start(): void;
  /** Ends the worker; what is under way waits for the next `start`. */
  stop(): void;
  /** Goes on with another engine; undefined for the fastest that works. */
  use(engine: EngineName | undefined): void;
  /** Media → tokens, and the media in the model's form. @throws StudioError for what cannot be used. */
  encode(
    given: GivenMedia,
    {
      signal,
    }?: {
      signal?: AbortSignal;
    },
  ): Promise<View>;
  /** Tokens as they can be looked at. */
  view(
    tokens: Tokens,
    {
      signal,
    }?: {
      signal?: AbortSignal;
    },
  ): Promise<View>;
  /**
   * Fills a canvas, once for each variation.
   * @throws StudioError, whose code is `cancelled` where `signal` has fired.
   */
  generate(
    request: GenerateRequest,
    {
      onStep,
      signal,
    }?: {
      onStep?: (report: StepReport) => void;
      signal?: AbortSignal;
    },
  ): Promise<Generated[]>;
  private ask;
  private send;
  private hear;
  private settle;
  /** Starts another worker, and says so; gives up where that has not helped. */
  private recover;
  private fail;
}
