/** Parts of a long sum, each in single precision, whatever the number of threads. */
export const PARTS = 32;

/** Rows [parts, D] added up in double precision, [D]. */
export function addUp(rows: Float32Array, D: number): Float64Array {
  const total = new Float64Array(D);
  rows.forEach((value, i) => {
    total[i % D] += value;
  });
  return total;
}
