import { escapeHtml } from './html.js';
import type { Section } from './sections.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1d20; --page: #fff; --line: #d4d7db; --quiet: #5f646b; --head: #f3f4f6; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --page: #14161a; --line: #383d45; --quiet: #a2a8b1; --head: #1e2127; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); }
h1, h2, h3 { line-height: 1.2; }
h2 { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1.5rem; }
p { max-width: 44rem; }
nav ul { padding-left: 1.2rem; }
a { color: inherit; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { background: var(--head); }
.plot svg { display: block; min-width: 34rem; max-width: 100%; height: auto; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1rem; }
figure { margin: 0; padding: .6rem; border: 1px solid var(--line); border-radius: .4rem; min-width: 0; }
figcaption { margin-top: .4rem; font-size: .875rem; color: var(--quiet); }
.pair { display: flex; gap: .5rem; align-items: center; }
.media { flex: 1 1 0; min-width: 0; display: grid; gap: .4rem; justify-items: center; }
.media img { width: 100%; max-width: 7rem; image-rendering: pixelated; }
.wide-figure { grid-column: 1 / -1; }
.wide-figure .media { min-width: 4rem; }
.media.long-media { flex-grow: 4; }
.media img.long { max-width: none; height: 5rem; }
.media audio { width: 100%; min-width: 0; height: 2rem; }
.arrow { color: var(--quiet); }
`;

/** A whole page that needs nothing from elsewhere. */
export function reportPage(title: string, sections: readonly Section[]): string {
  const entries = sections.map(
    (section, i) => `<li><a href="#section-${i + 1}">${escapeHtml(section.title)}</a></li>`,
  );
  const bodies = sections.map(
    ({ title: heading, body }, i) => `<section id="section-${i + 1}">
<h2>${escapeHtml(heading)}</h2>
${body}
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<nav aria-label="Sections"><ul>
${entries.join('\n')}
</ul></nav>
</header>
<main>
${bodies.join('\n')}
</main>
</body>
</html>
`;
}
