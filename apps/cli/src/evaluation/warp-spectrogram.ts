import type { Random } from '@visual-echoes/core';

/**
 * Varies a mel spectrogram `[side × side]` of −1..1 as recordings vary: slower or faster, shifted in time,
 * a longer or shorter vocal tract, louder or softer, over a noise floor, with bands of time and frequency missing
 * (SpecAugment, Park et al., 2019).
 */
export function warpSpectrogram(mel: Float32Array, side: number, random: Random): Float32Array {
  const speed = random.uniform(0.85, 1.18);
  const tract = random.uniform(0.94, 1.06);
  const shift = random.uniform(-5, 5);
  const gain = random.uniform(-0.15, 0.15);
  const floor = random.uniform() < 0.5 ? random.uniform(-1, -0.3) : -1;
  const tilt = random.uniform(-0.1, 0.1);
  const [lostBand, lostBands] = [random.integer(side), random.integer(9)];
  const [lostFrame, lostFrames] = [random.integer(side), random.integer(7)];
  const out = new Float32Array(side * side);
  for (let band = 0; band < side; band++) {
    const y = Math.min(side - 1, band * tract);
    const y0 = Math.floor(y);
    const y1 = Math.min(side - 1, y0 + 1);
    const level = gain + tilt * (band / side - 0.5);
    for (let frame = 0; frame < side; frame++) {
      // The utterance begins at frame 10; that is the point about which it is stretched.
      const x = (frame - 10) * speed + 10 + shift;
      const x0 = Math.floor(x);
      const at = (row: number, column: number) =>
        column >= 0 && column < side ? mel[row * side + column] : -1;
      const upper = at(y0, x0) * (x0 + 1 - x) + at(y0, x0 + 1) * (x - x0);
      const lower = at(y1, x0) * (x0 + 1 - x) + at(y1, x0 + 1) * (x - x0);
      let value = upper * (y0 + 1 - y) + lower * (y - y0);
      if (value > -1) value += level;
      if (floor > -1) value = Math.max(value, floor + 0.06 * random.uniform());
      const lost =
        (band >= lostBand && band < lostBand + lostBands) ||
        (frame >= lostFrame && frame < lostFrame + lostFrames);
      out[band * side + frame] = lost ? -1 : Math.min(1, Math.max(-1, value));
    }
  }
  return out;
}
