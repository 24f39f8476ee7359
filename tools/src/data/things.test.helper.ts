import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Drawing, DrawingList, DrawingPackage } from './drawing-list.js';
import { THINGS } from './things.js';

/** Writes a text file, and its folder. */
export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The files below a folder of the data. */
export const filesOf = (out: string): string[] =>
  readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
    .sort();

/** The entries of the data's manifest. */
export const manifestOf = (out: string) =>
  readFileSync(join(out, 'manifest.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

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

/** Icons that look unlike each other, and one like the drawing for test. */
const SHAPES = {
  bars: '<path d="M1 1h2v18h-2zM6 1h2v18h-2zM11 1h2v18h-2zM16 1h2v18h-2z"/>',
  rows: '<path d="M1 1h18v3h-18zM1 8h12v3h-12zM1 15h18v3h-18z"/>',
  steps: '<path d="M1 1h5v6h6v6h6v6h-17z"/>',
  disc: '<circle cx="10" cy="9" r="8"/><path d="M9 1h2v18h-2z" fill="#0c0"/>',
};

/**
 * A list with three sets of icons for training, which have a dog, two a cat and two a moon that is the list's drawing for
 * test; a set for test; and a package that cannot be fetched.
 */
export function writeIconSets(folder: string): DrawingList {
  const sets: Record<string, Record<string, keyof typeof SHAPES | ''>> = {
    one: { dog: 'bars', 'dog-outline': 'rows', 'dog-2': 'steps', cat: 'rows', moon: 'disc', a: 'bars' },
    two: { 'dog-bold': 'rows', 'cat-bold': 'steps', a: 'rows', gone: 'bars' },
    three: { dog: 'steps', moon: 'disc', fish: 'rows', cat: '', gone: 'bars' },
    other: { dog: 'bars', cat: 'bars', fish: 'bars' },
  };
  for (const [name, shapes] of Object.entries(sets)) {
    const icons = Object.entries(shapes).map(([icon, shape]) => [
      icon,
      { body: shape && SHAPES[shape], hidden: icon === 'gone' },
    ]);
    write(
      join(folder, name, 'icons.json'),
      JSON.stringify({ width: 20, height: 20, icons: Object.fromEntries(icons) }),
    );
  }
  write(
    join(folder, 'other/clock.svg'),
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">${SHAPES.disc}</svg>`,
  );
  const packages = Object.keys(sets).map((name) => packageOf(name, name === 'other' ? 'test' : 'train'));
  return {
    packages: [...packages, { ...packageOf('none', 'train'), from: 'debian' }],
    drawings: [{ package: 'other', file: 'clock.svg', class: 'clock', variant: 'clock' }],
    folder,
  };
}
