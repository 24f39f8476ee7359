import { readFile } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import type { EvaluationFile, ExampleFiles } from '../evaluation/evaluation-file.js';
import { dataUri, escapeHtml } from './html.js';

/** Examples of one task as figures with pictures, spectrograms and players, all inside the page. */
export async function exampleGrid(folder: string, examples: EvaluationFile['examples']): Promise<string> {
  const figures: string[] = [];
  for (const { caption, given, made } of examples) {
    const parts = [
      ...(given ? [await media(folder, given, 'given', caption)] : []),
      await media(folder, made, 'made', caption),
    ];
    figures.push(`<figure>
<div class="pair">${parts.join('\n<span class="arrow" aria-hidden="true">→</span>\n')}</div>
<figcaption>${escapeHtml(caption)}</figcaption>
</figure>`);
  }
  return `<div class="grid">\n${figures.join('\n')}\n</div>`;
}

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
    parts.push(`<img src="${dataUri('image/png', await read(folder, mel))}" alt="Mel spectrogram, ${what}">`);
  }
  if (sound) {
    const source = dataUri('audio/wav', await read(folder, sound));
    parts.push(`<audio controls preload="none" aria-label="Sound, ${what}" src="${source}"></audio>`);
  }
  return `<div class="media">${parts.join('')}</div>`;
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
