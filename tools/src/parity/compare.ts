import type { StateTensor } from '@visual-echoes/core';

/** How one output of a reference model compares with ours. */
export interface Row {
  output: string;
  /** Of indices, how many differ; else the largest |ours − reference|. */
  difference: number;
  /** Of indices, how many there are; else what the difference is measured by, usually the largest |reference|. */
  reference: number;
  /** `difference / reference`. */
  ratio: number;
  limit: number;
  pass: boolean;
  /** Why there is nothing to compare. */
  note?: string;
}

/** What every float output must keep to; gradients and what follows from them get `GRADIENT_LIMIT`. */
export const LIMIT = 1e-4;
export const GRADIENT_LIMIT = 1e-3;

export const largest = (values: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
};

/** Compares floats: max |difference| / max(max |reference|, `least`) ≤ `limit`. A value that is not finite fails. */
export function compareFloats(
  output: string,
  ours: Float32Array,
  { shape, data }: StateTensor,
  { limit = LIMIT, least = 0 }: { limit?: number; least?: number } = {},
): Row {
  if (ours.length !== data.length) {
    return failed(output, limit, `${ours.length} values, and [${shape}] in the reference`);
  }
  const reference = Math.max(largest(data), least);
  let difference = 0;
  for (let i = 0; i < data.length; i++) {
    const d = Math.abs(ours[i] - data[i]);
    difference = Math.max(difference, Number.isFinite(d) ? d : Number.POSITIVE_INFINITY);
  }
  const ratio = difference === 0 ? 0 : difference / reference;
  return { output, difference, reference, ratio, limit, pass: ratio <= limit };
}

/** Compares indices, every one of which must be equal. */
export function compareIndices(output: string, ours: ArrayLike<number>, { shape, data }: StateTensor): Row {
  if (ours.length !== data.length) {
    return failed(output, 0, `${ours.length} indices, and [${shape}] in the reference`);
  }
  let difference = 0;
  for (let i = 0; i < data.length; i++) if (ours[i] !== data[i]) difference++;
  const reference = data.length;
  return { output, difference, reference, ratio: difference / reference, limit: 0, pass: difference === 0 };
}

/** An output that there is nothing to compare with. */
export function failed(output: string, limit: number, note: string): Row {
  return {
    output,
    difference: Number.NaN,
    reference: Number.NaN,
    ratio: Number.NaN,
    limit,
    pass: false,
    note,
  };
}
