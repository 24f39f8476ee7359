import { readFile } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import sharp from 'sharp';
import type { EvaluationFile, ExampleFiles } from '../evaluation/evaluation-file.js';
import { dataUri, escapeHtml } from './html.js';

/** Examples of one task as figures with pictures, spectrograms and players, all inside the page. */
export async function exampleGrid(folder: string, examples: EvaluationFile['examples']): Promise<string> {
  const figures: string[] = [];
  for (const { caption, given, made, original } of examples) {
    const parts = [
      ...(given ? [await media(folder, given, 'given', caption), mark('→')] : []),
      await media(folder, made, 'made', caption),
      ...(original ? [mark('≈'), await media(folder, original, 'original', caption)] : []),
    ];
    const isLong = parts.some((part) => part.includes(LONG));
    figures.push(`<figure${isLong ? ' class="wide-figure"' : ''}>
<div class="pair">${parts.join('\n')}</div>
<figcaption>${escapeHtml(caption)}</figcaption>
</figure>`);
  }
  return `<div class="grid">\n${figures.join('\n')}\n</div>`;
}

const mark = (sign: string) => `<span class="arrow" aria-hidden="true">${sign}</span>`;

/** A spectrogram of a long sound is drawn as wide as there is room. */
const LONG = ' class="long"';

async function media(
  folder: string,
  { picture, mel, sound }: ExampleFiles,
  role: string,
  caption: string,
): Promise<string> {
  const what = escapeHtml(`${role}: ${caption}`);
  const parts: string[] = [];
  if (picture) {
    parts.push(`<img src="${dataUri('image/png', await read(folder, picture))}" alt="Picture, ${what}">`);
  }
  if (mel) {
    const png = await read(folder, mel);
    const { width = 1, height = 1 } = await sharp(png).metadata();
    const shape = width > 3 * height ? LONG : '';
    parts.push(`<img${shape} src="${dataUri('image/png', png)}" alt="Mel spectrogram, ${what}">`);
  }
  if (sound) {
    const source = dataUri('audio/wav', await read(folder, sound));
    parts.push(`<audio controls preload="none" aria-label="Sound, ${what}" src="${source}"></audio>`);
  }
  const isLong = parts.some((part) => part.includes(LONG));
  return `<div class="media${isLong ? ' long-media' : ''}">${parts.join('')}</div>`;
}

/** A file of the folder. A results file may come from others: it may name nothing outside. */
async function read(folder: string, file: string): Promise<Uint8Array> {
  const inside = normalize(file);
  if (inside.startsWith('..') || inside.startsWith(sep) || /^[a-z]:/i.test(inside)) {
    throw new ConfigurationError(`"${file}" is not inside ${folder}; write the results again.`);
  }
  return readFile(join(folder, inside)).catch((cause) => {
    throw fileAccessError('read', join(folder, inside), cause);
  });
}
