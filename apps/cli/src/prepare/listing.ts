/** What a source of clips is. */
export const KINDS = ['videos', 'pairs', 'vggsound', 'dataset'] as const;
export type SourceKind = (typeof KINDS)[number];

/** What a clip is made of: paths. */
export type ClipParts =
  | { type: 'video'; video: string }
  | { type: 'pair'; pictures: readonly string[]; sound: string }
  /** It cannot be made, and why. */
  | { type: 'none'; reason: string };

/** One clip of a source, before anything of it is read. */
export interface ListedClip {
  /** Names the clip: its path in the source, or what its line says. */
  id: string;
  label: string | null;
  split: string;
  /** What people find it by, such as a path or a line of a file. */
  input: string;
  /** All that decides what the clip is made of; it changes where the source does. */
  identity: string;
  /** Looks for its files, where these are not known yet. */
  find(): ClipParts;
}

/** The clips of a source, always in the same order; they are listed anew each time, so that they are never all in memory. */
export interface Listing {
  kind: Exclude<SourceKind, 'dataset'>;
  name: string;
  clips(): AsyncIterable<ListedClip>;
}
