export type Run = () => Promise<unknown>;

/** Something that is made ready once and then timed again and again. */
export interface Benchmark {
  name: string;
  /** Billions of additions and multiplications of a run, where that is what is measured. */
  gflop?: number;
  /** Things that a run makes, where their number a second is what is measured. */
  items?: number;
  /** Takes minutes on plain JavaScript. */
  heavy?: boolean;
  /** Takes minutes, and is run only where it is asked for. */
  paper?: boolean;
  /** Memory is measured too, for which it has a process of its own. */
  memory?: boolean;
  /** The same for ONNX Runtime: the model's bytes in parts, with the same weights, and its inputs. */
  onnx?(): Promise<{
    parts: readonly Uint8Array[];
    inputs: Record<string, { data: Float32Array | BigInt64Array; shape: readonly number[] }>;
  }>;
  /**
   * Returns what is timed, which ends when its result can be read; or that and what it is a multiple of, which is timed
   * after it in the same process.
   */
  prepare(): Promise<Run | { run: Run; unit: Run }>;
}
