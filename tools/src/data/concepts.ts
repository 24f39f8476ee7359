#!/usr/bin/env node
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '@visual-echoes/core';
import { runTool } from '../run-tool.js';
import { readDrawingList } from './drawing-list.js';
import { makeConcepts } from './make-concepts.js';
import { withoutPackages } from './open-packages.js';
import { untilStopped, wholeNumber } from './run-data-tool.js';

const HELP = `Makes pictures of everyday concepts in many styles of drawing, for an image tokenizer's encoder to learn what a thing is
whatever its style: icons of the openly licensed sets that pnpm data:things has for training, on varied backgrounds.

  pnpm data:concepts --out FOLDER [--seed N] [--sets N] [--pictures N]

  --out       gets train/ and test/ with a folder a concept, and manifest.jsonl
  --seed      another seed chooses other icons and draws other backgrounds, sizes and places; 0
  --sets      packages that must have a concept; 10
  --pictures  pictures of a drawing for training; of one for test it is one; 2
  --without   packages that are not used, with commas between
  --list      the list of packages, and of the drawings for test; tools/data/things.json

A concept is an icon's name without its style: dog-2-outline is a dog. Of each package up to two drawings of it are used, and
one in ten drawings is for test. What is nearly a drawing for test of data:things is not used, and manifest.jsonl says so.
The same command goes on after Ctrl-C. The fetched packages are in node_modules/.cache/visual-echoes/drawings.
`;

const root = fileURLToPath(new URL('../../..', import.meta.url));

const OPTIONS = {
  out: { type: 'string' },
  seed: { type: 'string', default: '0' },
  sets: { type: 'string', default: '10' },
  pictures: { type: 'string', default: '2' },
  without: { type: 'string' },
  list: { type: 'string', default: join(root, 'tools/data/things.json') },
} as const;

await runTool({ command: 'pnpm data:concepts', help: HELP, options: OPTIONS }, async ({ values }) => {
  const { out } = values;
  if (!out) throw new ConfigurationError('Name the folder for the data with --out.');
  const seed = wholeNumber(values.seed, 'seed', 0);
  const sets = wholeNumber(values.sets, 'sets', 1);
  const pictures = wholeNumber(values.pictures, 'pictures', 1);
  const list = withoutPackages(await readDrawingList(values.list), values.without?.split(',') ?? []);
  return untilStopped(async (given) => {
    const cache = join(root, 'node_modules/.cache/visual-echoes/drawings');
    const content = await makeConcepts({ out, list, cache, seed, sets, pictures, ...given });
    const drawings = new Set(content.pictures.map(({ icon }) => icon));
    const of = (split: string) => content.pictures.filter((it) => it.split === split).length;
    const near = content.removed.filter((it) => 'near' in it).length;
    console.log(
      `${content.concepts.length} concepts, ${drawings.size} drawings: ${of('train')} pictures for training, ` +
        `${of('test')} for test. Not used: ${near} drawings that are nearly one for test of data:things, ` +
        `${content.removed.length - near} that cannot be drawn.`,
    );
  });
});
