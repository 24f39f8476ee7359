import { dirname, resolve } from 'node:path';
import { InvalidInputError } from '@visual-echoes/core';
import { readJson } from '@visual-echoes/core/node';
import { type Split, THINGS } from './things.js';

/** A package of drawings, in the one version that was looked at. */
export interface DrawingPackage {
  name: string;
  version: string;
  /** The registry that has it; of `folder`, beside the list, nothing is fetched. */
  from: 'npm' | 'debian' | 'folder';
  /** The art style; all packages of one style are for the same split. */
  style: string;
  split: Split;
  author: string;
  /** An SPDX identifier. */
  licence: string;
  /** Where the authors publish it. */
  home: string;
}

/** A drawing that was looked at, and shows the thing. */
export interface Drawing {
  package: string;
  /** A path in the package; in `SET.json#NAME` an icon of Iconify's form, in `FONT.svg#NAME` a glyph. */
  file: string;
  class: string;
  /** What of the thing is shown. Drawings of one package and variant are one drawing in other colours or strokes. */
  variant: string;
  /** Where it is not that of the whole package. */
  author?: string;
}

/** The reviewed list of drawings. */
export interface DrawingList {
  packages: readonly DrawingPackage[];
  drawings: readonly Drawing[];
  /** The folder that the list lies in. */
  folder: string;
}

/** Reads a list. @throws FileAccessError; InvalidInputError that names what is wrong in it. */
export async function readDrawingList(path: string): Promise<DrawingList> {
  const { packages, drawings } = (await readJson(path)) as Partial<DrawingList>;
  if (!Array.isArray(packages) || !Array.isArray(drawings)) {
    throw new InvalidInputError(`${path} must have "packages" and "drawings", which are arrays.`);
  }
  const known = new Map(packages.map((one: DrawingPackage) => [one.name, one]));
  const splits = new Map<string, Split>();
  for (const one of known.values()) {
    const { name, version, from, style, split, author, licence, home } = one;
    if (![name, version, from, style, split, author, licence, home].every((it) => typeof it === 'string')) {
      throw new InvalidInputError(`${path}: the package ${name} lacks an entry.`);
    }
    if ((splits.get(style) ?? split) !== split) {
      throw new InvalidInputError(
        `${path}: the style ${style} is for train and for test; it must be for one.`,
      );
    }
    splits.set(style, split);
  }
  const seen = new Set<string>();
  for (const { package: name, file, class: thing, variant } of drawings as Drawing[]) {
    const what = `${name} ${file}`;
    if (!known.has(name)) throw new InvalidInputError(`${path}: ${what} is of no package in the list.`);
    if (!THINGS.some((one) => one.name === thing) || !variant) {
      throw new InvalidInputError(`${path}: ${what} is of the class "${thing}" and variant "${variant}".`);
    }
    if (seen.has(what)) throw new InvalidInputError(`${path}: ${what} is there twice.`);
    seen.add(what);
  }
  return { packages, drawings, folder: dirname(resolve(path)) };
}
