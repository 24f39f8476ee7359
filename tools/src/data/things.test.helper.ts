import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Drawing, DrawingList, DrawingPackage } from './drawing-list.js';
import { THINGS } from './things.js';

/** Writes a text file, and its folder. */
export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** ESC-10 in a folder a class, with one clip for training and one for test each; a third may not be used. */
export function writeEsc10(folder: string): void {
  const rows = ['file\ttitle\tauthor\tfreesound_id\tlicence'];
  for (const [i, { name, esc }] of THINGS.entries()) {
    for (const [fold, licence] of [
      [1, 'CC0'],
      [5, 'CC-BY'],
      [2, 'CC-Sampling+'],
    ]) {
      const file = `${fold}-${100 + i}-A.ogg`;
      write(join(folder, esc[0], file), `sound of ${name} ${fold}`);
      rows.push(`${file}\t${name} | loud\tsomebody\t${100 + i}\t${licence}`);
    }
  }
  write(join(folder, 'ATTRIBUTION.tsv'), `${rows.join('\n')}\n`);
}

const packageOf = (name: string, split: 'train' | 'test'): DrawingPackage => ({
  ...{ name, version: '1', from: 'folder', style: name, split },
  ...{ author: `author of ${name}`, licence: 'CC0-1.0', home: 'nowhere' },
});

/**
 * A list with two packages in its folder: for training two drawings a class, one of them in two colours, and for test one.
 */
export function writeDrawings(folder: string): DrawingList {
  const drawings: Drawing[] = [];
  const add = (name: string, file: string, thing: string, variant: string, shape: string) => {
    write(
      join(folder, name, file),
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">${shape}</svg>`,
    );
    drawings.push({ package: name, file, class: thing, variant });
  };
  for (const [i, { name }] of THINGS.entries()) {
    const triangle = (colour: string) => `<path d="M${i} 2L18 18L2 ${10 + i}z" fill="${colour}"/>`;
    add('plain', `${name}-red.svg`, name, 'triangle', triangle('red'));
    add('plain', `${name}-blue.svg`, name, 'triangle', triangle('blue'));
    add(
      'plain',
      `${name}-one.svg`,
      name,
      'square',
      `<path d="M3 3h9v${3 + i}h-9z"/><path d="M1 16h18v2h-18z"/>`,
    );
    add(
      'other',
      `${name}.svg`,
      name,
      'disc',
      `<circle cx="10" cy="9" r="8"/><path d="M9 1h2v18h-2z" fill="#0c0"/>`,
    );
  }
  return { packages: [packageOf('plain', 'train'), packageOf('other', 'test')], drawings, folder };
}
