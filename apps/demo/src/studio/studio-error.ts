/** What could not be done, in words for the visitor. */
export class StudioError extends Error {
  override readonly name = 'StudioError';

  /** @param code of the VisualEchoesError behind it: `cancelled`, `invalid-input`, `backend`, …; else `unexpected`. */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
