/** What relative addresses are relative to: the page, or a Web Worker's own address. */
export const pageAddress = (): string | undefined =>
  globalThis.document?.baseURI ?? globalThis.location?.href;
