/** The radical inverse of `index` in `base`: its digits mirrored at the point, on [0, 1). */
export function radicalInverse(index: number, base: number): number {
  let inverse = 0;
  let place = 1;
  for (let rest = index; rest > 0; rest = Math.floor(rest / base)) {
    place *= base;
    inverse = inverse * base + (rest % base);
  }
  return inverse / place;
}

/**
 * Every position of a grid once, in the order in which the Halton sequence visits them: rows in base 2, columns in
 * base 3, from the point (1/2, 1/3) on, started `offset` positions later and ending with those that were skipped.
 *
 * From Halton-MaskGIT (Besnier and others, 2025), here for a grid of any shape.
 */
export function haltonOrder(
  [rows, columns]: readonly [rows: number, columns: number],
  offset = 0,
): Int32Array {
  const total = rows * columns;
  const order = new Int32Array(total);
  const seen = new Uint8Array(total);
  let found = 0;
  const visit = (position: number) => {
    if (seen[position]) return;
    seen[position] = 1;
    order[(((found++ - offset) % total) + total) % total] = position;
  };
  const points = 16 * total + 1024;
  for (let i = 1; i <= points && found < total; i++) {
    visit(Math.floor(radicalInverse(i, 2) * rows) * columns + Math.floor(radicalInverse(i, 3) * columns));
  }
  for (let position = 0; found < total; position++) visit(position);
  return order;
}
