/** One thing, or a list of them. */
export type Many<T> = T | readonly T[];

export const isList = <T>(value: Many<T>): value is readonly T[] => Array.isArray(value);

export const list = <T>(value: Many<T>): readonly T[] => (isList(value) ? value : [value]);

/** Cuts a list into pieces of `size`, the last of which may be shorter. */
export function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
