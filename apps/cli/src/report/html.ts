/** Text as HTML, also inside a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Bytes as an address that needs no file. */
export const dataUri = (type: string, bytes: Uint8Array): string =>
  `data:${type};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;

/** Cells as a table that scrolls by itself where the page is narrow. */
export function htmlTable(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: 'th' | 'td') =>
    cells.map((cell) => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${escapeHtml(cell)}</${tag}>`).join('');
  const body = lines.map((line) => `<tr>${row(line, 'td')}</tr>`).join('\n');
  return `<div class="wide" tabindex="0" role="region" aria-label="Table"><table>
<thead><tr>${row(header, 'th')}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
}
