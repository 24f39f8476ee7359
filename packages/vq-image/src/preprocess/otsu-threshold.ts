const BINS = 256;

/** The threshold that best parts `values` in two by their variances (Otsu, 1979); the mean of equal values. */
export function otsuThreshold(values: Float32Array): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(high > low)) return low;
  const counts = new Float64Array(BINS);
  const width = (high - low) / BINS;
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((value - low) / width))]++;
  let total = 0;
  for (let i = 0; i < BINS; i++) total += i * counts[i];
  let below = 0;
  let sum = 0;
  let best = { spread: -1, bin: 0 };
  for (let i = 0; i < BINS - 1; i++) {
    below += counts[i];
    sum += i * counts[i];
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const spread = below * above * (sum / below - (total - sum) / above) ** 2;
    if (spread > best.spread) best = { spread, bin: i };
  }
  return low + (best.bin + 1) * width;
}
