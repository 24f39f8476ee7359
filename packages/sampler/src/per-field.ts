/** One value for all fields, or one by field name; fields that are not named keep the default. */
export type PerField<T> = T | Readonly<Record<string, T>>;

/** The field's value of an option, where it has one. */
export function forField(option: PerField<number> | undefined, name: string): number | undefined {
  if (typeof option !== 'object') return option;
  return Object.hasOwn(option, name) ? option[name] : undefined;
}
