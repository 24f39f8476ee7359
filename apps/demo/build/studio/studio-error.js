/** What could not be done, in words for the visitor. */
export class StudioError extends Error {
  code;
  name = 'StudioError';
  /** @param code of the VisualEchoesError behind it: `cancelled`, `invalid-input`, `backend`, …; else `unexpected`. */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}
