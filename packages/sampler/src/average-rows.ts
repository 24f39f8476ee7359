/** Averages rows of logits, group by group; where a group has one row at most, the rows are left where they are. */
export function averageRows(
  values: Float32Array,
  length: number,
  groups: readonly (readonly number[])[],
): { values: Float32Array; rows: number[] } {
  const present = groups.filter((rows) => rows.length > 0);
  if (present.every((rows) => rows.length === 1)) return { values, rows: present.flat() };
  const averaged = new Float32Array(present.length * length);
  present.forEach((rows, at) => {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const row of rows) sum += values[row * length + i];
      averaged[at * length + i] = sum / rows.length;
    }
  });
  return { values: averaged, rows: [...present.keys()] };
}
