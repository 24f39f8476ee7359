import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { ConfigurationError, InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { type Split, THINGS } from './things.js';

/** The fold that ESC-10's results are given for here; the other four are for training. */
const TEST_FOLD = 5;

/** Freesound's names of licences, as SPDX has them: what else there is, is not used. */
const LICENCES: Record<string, string> = { CC0: 'CC0-1.0', 'CC-BY': 'CC-BY-3.0' };

/** A clip of ESC-10 that may be used. */
export interface EscClip {
  path: string;
  /** Such as `1-100032-A.ogg`: fold, Freesound's id, take. */
  name: string;
  class: string;
  split: Split;
  title: string;
  author: string;
  licence: string;
  /** The recording that it was cut out of. */
  home: string;
}

interface Credit {
  title: string;
  author: string;
  licence: string;
}

/**
 * The clips of ESC-10 under CC0 and CC BY, in the order of their names, from ESC-50 as it is published (`audio/`,
 * `meta/esc50.csv` and `LICENSE`), or from a folder a class and `ATTRIBUTION.tsv`.
 * @throws FileAccessError; ConfigurationError where the folder is neither; InvalidInputError where a class has no clip.
 */
export async function listEsc10(folder: string): Promise<EscClip[]> {
  const isPublished = existsSync(join(folder, 'meta/esc50.csv'));
  const credits = isPublished ? await creditsOfLicence(folder) : await creditsOfTable(folder);
  const files = isPublished ? await filesOfTable(folder) : await filesOfFolders(folder);
  const clips = files.flatMap(({ path, class: name }): EscClip[] => {
    const stem = basename(path, extname(path));
    const credit = credits.get(stem);
    const licence = credit && LICENCES[credit.licence];
    if (!licence) return [];
    const [fold, id] = stem.split('-').map(Number);
    const split = fold === TEST_FOLD ? 'test' : 'train';
    const home = `https://freesound.org/s/${id}/`;
    return [{ path, name: basename(path), class: name, split, ...credit, licence, home }];
  });
  for (const { name } of THINGS) {
    if (clips.some((clip) => clip.class === name)) continue;
    throw new InvalidInputError(`${folder} has no sound of ${name} under CC0 or CC BY; copy it again.`);
  }
  return clips.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const text = (path: string) =>
  readFile(path, 'utf8').catch((cause) => {
    throw fileAccessError('read', path, cause);
  });

/** Lines such as `- [1-100032-A.ogg]: clip derived from TITLE (ADDRESS) by AUTHOR [CC0]`. */
async function creditsOfLicence(folder: string): Promise<Map<string, Credit>> {
  const lines = await text(join(folder, 'LICENSE'));
  const form = /^- \[(\S+?)\.\w+\]:\s+clip derived from (.*) \(https?:\S+\) by (.*) \[([^\]]+)\]/gm;
  return new Map(
    [...lines.matchAll(form)].map(([, stem, title, author, licence]) => [stem, { title, author, licence }]),
  );
}

async function creditsOfTable(folder: string): Promise<Map<string, Credit>> {
  const path = join(folder, 'ATTRIBUTION.tsv');
  await readdir(folder).catch((cause) => {
    throw fileAccessError('read', folder, cause);
  });
  if (!existsSync(path)) {
    throw new ConfigurationError(
      `${folder} is not ESC-10: it has neither meta/esc50.csv nor ATTRIBUTION.tsv. Get ESC-50 ` +
        '(github.com/karolpiczak/ESC-50), and name its folder with --esc10.',
    );
  }
  const rows = (await text(path)).trim().split(/\r?\n/).slice(1);
  return new Map(
    rows.map((row) => {
      const [file, title, author, , licence] = row.split('\t');
      return [basename(file, extname(file)), { title, author, licence }];
    }),
  );
}

async function filesOfTable(folder: string): Promise<{ path: string; class: string }[]> {
  const [head, ...rows] = (await text(join(folder, 'meta/esc50.csv'))).trim().split(/\r?\n/);
  const names = head.split(',');
  const [file, category, isEsc10] = ['filename', 'category', 'esc10'].map((name) => names.indexOf(name));
  if (Math.min(file, category, isEsc10) < 0) {
    throw new InvalidInputError(
      `${folder}/meta/esc50.csv has no filename, category and esc10; copy it again.`,
    );
  }
  return rows
    .map((row) => row.split(','))
    .filter((cells) => /^true$/i.test(cells[isEsc10]))
    .flatMap((cells) => {
      const name = thingOf(cells[category]);
      return name ? [{ path: join(folder, 'audio', cells[file]), class: name }] : [];
    });
}

async function filesOfFolders(folder: string): Promise<{ path: string; class: string }[]> {
  const found: { path: string; class: string }[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = entry.isDirectory() && thingOf(entry.name);
    if (!name) continue;
    for (const file of await readdir(join(folder, entry.name))) {
      if (/^\d-\d+-[A-Z]\.(ogg|wav)$/.test(file)) {
        found.push({ path: join(folder, entry.name, file), class: name });
      }
    }
  }
  return found;
}

const thingOf = (name: string) => THINGS.find(({ esc }) => esc.includes(name))?.name;
