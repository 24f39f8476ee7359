import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import { melPicture } from '../output/mel-picture.js';
import { pictureFile } from '../output/picture-file.js';
import { FONT, INK } from '../plots/palette.js';
import { dataUri, escapeHtml } from '../report/html.js';

/** A picture or a mel spectrogram, and what came back of it. */
export interface Reconstructed {
  original: Picture | Mel;
  reconstruction: Picture | Mel;
}

const CELL = 112;
const GAP = 8;
const LABEL = 104;

/**
 * Originals above their reconstructions, as the paper shows them: pictures, then mel spectrograms, `columns` in a row:
 * SVG that holds them itself.
 */
export async function reconstructionPanel(
  items: readonly Reconstructed[],
  { columns = 8 }: { columns?: number } = {},
): Promise<string> {
  const kinds = [
    { name: 'picture', own: items.filter(({ original }) => !('bands' in original)) },
    { name: 'mel', own: items.filter(({ original }) => 'bands' in original) },
  ];
  const widest = Math.min(columns, Math.max(...kinds.map(({ own }) => own.length)));
  const parts: string[] = [];
  let top = GAP;
  for (const { name, own } of kinds) {
    for (let start = 0; start < own.length; start += columns) {
      const row = own.slice(start, start + columns);
      for (const [which, label] of [
        ['original', name],
        ['reconstruction', 'reconstructed'],
      ] as const) {
        parts.push(
          `<text x="${LABEL - GAP}" y="${top + CELL / 2 + 4}" text-anchor="end" fill="${INK}">${escapeHtml(label)}</text>`,
        );
        for (const [column, item] of row.entries()) {
          const x = LABEL + column * (CELL + GAP);
          parts.push(
            `<image x="${x}" y="${top}" width="${CELL}" height="${CELL}" style="image-rendering:pixelated" href="${dataUri('image/png', await png(item[which]))}"/>`,
          );
        }
        top += CELL + GAP / 2;
      }
      top += 2 * GAP;
    }
  }
  const width = LABEL + widest * (CELL + GAP);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" font-family="${FONT}" font-size="13">
${parts.join('\n')}
</svg>
`;
}

const png = (one: Picture | Mel) => ('bands' in one ? melPicture(one) : pictureFile(one));
