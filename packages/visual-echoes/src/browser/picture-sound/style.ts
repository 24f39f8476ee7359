const CSS = `
:host { display: inline-grid; gap: 0.5em; justify-items: start; font: inherit; }
:host([hidden]) { display: none; }
img { max-width: 100%; height: auto; }
button { font: inherit; padding: 0.4em 1em; cursor: pointer; }
button:focus-visible { outline: 0.2em solid Highlight; outline-offset: 0.1em; }
progress { width: 100%; }
progress[hidden] { display: none; }
p { margin: 0; min-height: 1.2em; }
`;

let sheet: CSSStyleSheet | undefined;

/** The style of every picture-sound. A policy forbids <style>, and not this. */
export function sharedStyle(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
