import type { Mel, Picture, TaskName, Waveform } from 'visual-echoes';

/** The engines between which the page lets one choose. */
export type EngineName = 'webgpu' | 'wasm' | 'cpu';

/** Tokens by field, −1 where one is unknown. */
export type Tokens = Record<string, Int32Array>;

/** What one may change of the sampling; what is left out is the model's own. */
export interface Controls {
  /** Steps of the picture's and of the sound's tokens. */
  steps?: number | undefined;
  /** Guidance scale; 1 is none. */
  guidance?: number | undefined;
  /** Divides the logits of the media's tokens. */
  temperature?: number | undefined;
  order?: 'confidence' | 'halton' | undefined;
}

/** What is given of a canvas. */
export interface GivenMedia {
  /** As people bring it: of any size, dark on light or light on dark. */
  picture?: Picture | undefined;
  sound?: Waveform | undefined;
}

/** One generation. */
export interface GenerateRequest {
  task: TaskName;
  /** What is known, −1 elsewhere: made by `encode`. */
  canvas: Tokens;
  controls: Controls;
  seed: number;
  /** Variations; each has a seed of its own that follows from `seed`. */
  count: number;
}

/** A canvas as it can be looked at; unknown tokens show as nothing does. */
export interface View {
  tokens: Tokens;
  picture: Picture;
  mel: Mel;
}

/** What a generation has come to after a step. */
export interface StepReport {
  /** From 1. */
  step: number;
  steps: number;
  /** For each variation. */
  variations: {
    tokens: Tokens;
    /** The positions that this step fixed, by field. */
    fixed: Record<string, Int32Array>;
    /** Left out where decoding would take longer than it is worth; `Studio.view` makes it. */
    view?: View | undefined;
  }[];
}

/** A finished variation. */
export interface Generated extends View {
  sound: Waveform;
  label?: string | undefined;
  voice?: string | undefined;
}

/** What of the model the page has to know. */
export interface ModelInfo {
  name: string;
  fields: readonly { name: string; grid: readonly [rows: number, columns: number]; vocabulary: number }[];
  /** As they are shown to people. */
  labels: readonly string[];
  voices: readonly string[];
  /** The model's own settings of each task, for the media's fields. */
  defaults: Record<TaskName, Required<Controls>>;
  /** The model's pictures. */
  picture: { width: number; height: number };
  /** The model's sounds, in seconds and Hz. */
  sound: { duration: number; sampleRate: number };
  attribution: readonly string[];
  license: string;
}

/** What runs. */
export interface EngineInfo {
  name: EngineName;
  /** For people: `WebAssembly (tfjs-backend-wasm 4.22.0, our kernels, 2 threads)`. */
  label: string;
  /** The engines that would be faster and cannot be had, each with the reason. */
  skipped: readonly { name: string; reason: string }[];
}

/** An error on its way from the worker. */
export interface ErrorReport {
  /** `code` of a VisualEchoesError; `unexpected` for any other. */
  code: string;
  name: string;
  message: string;
}

/** What the page asks of the worker. */
export type Request =
  | {
      type: 'start';
      /** The model folder's address. */
      model: string;
      /** Only this engine; else the fastest that passes its check. */
      engine?: EngineName | undefined;
      /** Engines that have failed in this visit. */
      avoid: readonly EngineName[];
      /** Of wasm; all cores but the one that the page itself needs, where left out. */
      threads?: number | undefined;
    }
  | { type: 'encode'; id: number; given: GivenMedia }
  | { type: 'view'; id: number; tokens: Tokens }
  | { type: 'generate'; id: number; request: GenerateRequest }
  | { type: 'cancel'; id: number };

/** What the worker answers. */
export type Answer =
  | { type: 'loading'; share: number; what: string }
  | { type: 'ready'; engine: EngineInfo; model: ModelInfo }
  | { type: 'failed'; error: ErrorReport }
  /** The engine is gone; nothing more will come of this worker. */
  | { type: 'lost'; error: ErrorReport }
  | { type: 'encoded'; id: number; encoded: View }
  | { type: 'viewed'; id: number; view: View }
  | { type: 'step'; id: number; report: StepReport }
  | { type: 'generated'; id: number; results: Generated[]; milliseconds: number }
  | { type: 'error'; id: number; error: ErrorReport };
