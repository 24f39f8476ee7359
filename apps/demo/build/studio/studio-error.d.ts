/** What could not be done, in words for the visitor. */
export declare class StudioError extends Error {
  readonly code: string;
  readonly name = 'StudioError';
  /** @param code of the VisualEchoesError behind it: `cancelled`, `invalid-input`, `backend`, …; else `unexpected`. */
  constructor(code: string, message: string);
}
