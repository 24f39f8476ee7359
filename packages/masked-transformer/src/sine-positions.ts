import type { TokenField } from '@visual-echoes/core';
import { positionsOf, type Random } from '@visual-echoes/core';

/** Radians from one cell to the next, of the fastest and the slowest sine: wavelengths of 6 and of 31 cells. */
const FREQUENCIES = [1, 0.2] as const;

/**
 * Start values for learned position embeddings by which neighbours on a field's grid are alike, as MAE's sine tables
 * (He et al. 2022) are for pictures: a quarter of the width each are sines and cosines of the row and of the column, with
 * wavelengths that suit grids of 4 to 32 cells. A random vector for each field tells the fields apart. Position 0 is
 * the class token's.
 *
 * @returns `[1 + L, width]`, each position of variance about `deviation`².
 */
export function sinePositions(
  fields: readonly TokenField[],
  width: number,
  { deviation, random }: { deviation: number; random: Random },
): Float32Array {
  const length = fields.reduce((sum, field) => sum + positionsOf(field), 0);
  const values = new Float32Array((1 + length) * width);
  const scale = (vector: ArrayLike<number>, at: number) => {
    for (let i = 0; i < width; i++) values[at * width + i] = deviation * vector[i];
  };
  scale(random.normals(width), 0);
  let position = 1;
  for (const { grid } of fields) {
    const own = random.normals(width);
    for (let cell = 0; cell < grid[0] * grid[1]; cell++) {
      const waves = waveVector(Math.floor(cell / grid[1]), cell % grid[1], width);
      // Sines and cosines have a mean square of a half: with half the field's vector, one in all.
      scale(
        waves.map((wave, i) => wave + Math.SQRT1_2 * own[i]),
        position++,
      );
    }
  }
  return values;
}

function waveVector(row: number, column: number, width: number): number[] {
  const quarter = Math.ceil(width / 4);
  const [fast, slow] = FREQUENCIES;
  return Array.from({ length: width }, (_, i) => {
    const k = i % quarter;
    const frequency = fast * (slow / fast) ** (quarter > 1 ? k / (quarter - 1) : 0);
    const angle = (i < 2 * quarter ? row : column) * frequency;
    return Math.floor(i / quarter) % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
}
