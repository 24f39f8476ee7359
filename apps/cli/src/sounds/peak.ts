/** −60 dB: what stays under it is silence. */
export const SILENCE = 1e-3;

/** The largest magnitude. */
export const peakOf = (samples: Float32Array) => {
  let peak = 0;
  for (const value of samples) peak = Math.max(peak, Math.abs(value));
  return peak;
};
