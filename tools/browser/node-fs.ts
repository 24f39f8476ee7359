/** What tests use of `node:fs`, in a browser: files of the repository, from the server of the tests. */
export function readFileSync(file: URL, encoding?: 'utf8'): Uint8Array | string {
  const request = new XMLHttpRequest();
  request.open('GET', file, false);
  // Each byte as the low half of a character: a request that blocks can give nothing else.
  request.overrideMimeType(encoding ? 'text/plain; charset=utf-8' : 'text/plain; charset=x-user-defined');
  request.send();
  if (request.status !== 200) throw new Error(`${file.pathname}: ${request.status}`);
  if (encoding) return request.responseText;
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
}

/** A page sees no folders: what lies outside the repository is not there. */
export const existsSync = (): boolean => false;
export const readdirSync = (): string[] => [];
