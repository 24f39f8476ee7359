/** One tensor of a state dict, in PyTorch's layout, row-major. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by their PyTorch names. */
export type StateDict = Record<string, StateTensor>;
