/** A class as it is shown to people: `sea_waves` → `sea waves`. */
export const shownName = (name: string): string => name.replaceAll('_', ' ');
