/**
 * Words at the end of icons' names that say how a thing is drawn, not what it is. Some are also words for things
 * (`traffic-light`), so that they only count in a set where many names end in them.
 */
const STYLES = new Set(
  (
    'alt bold broken circle duo duotone fill filled flat large light line linear minimalistic negative o outline outlined ' +
    'regular remix round rounded sharp simple small solid square thin twotone variant 24px one two three'
  ).split(' '),
);

/** The share of a set's names that end in a style. */
const LEAST_SHARE = 0.01;

const SKIN_TONE = /-(medium|(medium-)?(light|dark))-skin-tone$/;

/** Names of a letter or a number: they are drawn as text. */
const IS_TEXT = /^(letters?|numbers?|digits?|[a-z]|\d+[a-z]?)(-([a-z]|\d+))*$/;

/** Names that are no folders on Windows. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** The words of `STYLES` that are styles of a set with these names. */
export function stylesOf(names: readonly string[]): Set<string> {
  const counts = new Map<string, number>();
  for (const name of names) {
    const last = name.slice(name.lastIndexOf('-') + 1);
    if (last !== name && STYLES.has(last)) counts.set(last, (counts.get(last) ?? 0) + 1);
  }
  return new Set(
    [...counts].filter(([, count]) => count >= LEAST_SHARE * names.length).map(([word]) => word),
  );
}

/**
 * What an icon shows, by its name: `dog-2-outline` shows `dog`. It may be a folder's name.
 * @param styles those of its set, of `stylesOf`.
 * @returns undefined for a letter or a number, and where the name is not of Iconify's form.
 */
export function conceptName(icon: string, styles: ReadonlySet<string>): string | undefined {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(icon)) return undefined;
  let name = icon;
  for (let end = 0; end !== name.length; ) {
    end = name.length;
    name = name.replace(SKIN_TONE, '');
    const dash = name.lastIndexOf('-');
    const last = name.slice(dash + 1);
    if (dash > 0 && (styles.has(last) || /^\d+$/.test(last))) name = name.slice(0, dash);
  }
  if (IS_TEXT.test(name)) return undefined;
  return RESERVED.test(name) ? `${name}_` : name;
}
