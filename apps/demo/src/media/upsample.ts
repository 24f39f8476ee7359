/** Samples on each side that a new one is made of. */
const REACH = 16;

/**
 * So many times as many samples, in between by a sinc under a Hann window: [n] → [n · factor].
 * @param factor a whole number
 */
export function upsample(samples: Float32Array, factor: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(samples.length * factor);
  for (let phase = 0; phase < factor; phase++) {
    const weights = Float32Array.from({ length: 2 * REACH }, (_, i) =>
      weight(i - REACH + 1 - phase / factor),
    );
    for (let n = 0; n < samples.length; n++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * (samples[n + i - REACH + 1] ?? 0);
      out[n * factor + phase] = sum;
    }
  }
  return out;
}

/** Of a sample so far away. */
function weight(distance: number): number {
  if (distance === 0) return 1;
  const x = Math.PI * distance;
  return Math.abs(distance) < REACH ? (Math.sin(x) / x) * (0.5 + 0.5 * Math.cos(x / REACH)) : 0;
}
