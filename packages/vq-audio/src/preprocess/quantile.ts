/** The value below which the share `q` of `x` lies; 0 where `x` is empty. */
export function quantile(x: Float64Array, q: number): number {
  return x.slice().sort()[Math.floor(q * (x.length - 1))] ?? 0;
}

/** Decibels to a ratio of powers. */
export const decibels = (dB: number) => 10 ** (dB / 10);
