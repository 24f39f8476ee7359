/** More could not be hit with a finger. */
const MOST = 13;

/** Columns of a sound's grid that are rubbed out together. */
export const spanWidth = (columns: number): number => Math.ceil(columns / MOST);

/** The spans of which a column is rubbed out. */
export const spansOf = (columns: ReadonlySet<number>, width: number): ReadonlySet<number> =>
  new Set([...columns].map((column) => Math.floor(column / width)));

/** The columns of some spans, of so many that there are. */
export function columnsOf(spans: ReadonlySet<number>, width: number, columns: number): ReadonlySet<number> {
  const all = Array.from({ length: columns }, (_, column) => column);
  return new Set(all.filter((column) => spans.has(Math.floor(column / width))));
}
