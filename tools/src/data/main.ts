#!/usr/bin/env node
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '@visual-echoes/core';
import { runTool } from '../run-tool.js';
import { countThings } from './count-things.js';
import { drawSheets } from './draw-sheets.js';
import { readDrawingList } from './drawing-list.js';
import { makeThings } from './make-things.js';
import { withoutPackages } from './open-packages.js';
import { untilStopped, wholeNumber } from './run-data-tool.js';

const HELP = `Makes pictures and sounds of ten everyday things, for visual-echoes prepare: dog, rooster, baby, sneeze, clock, rain, sea
waves, fire, helicopter and chainsaw. The sounds are ESC-10's, the pictures drawings of openly licensed sets on varied
backgrounds, which are fetched from npm and Debian.

  pnpm data:things --out FOLDER [--esc10 FOLDER] [--seed N] [--per-class N]
  pnpm data:things --sheets FOLDER

  --out        gets train/ and test/ with a folder a class, manifest.jsonl and ATTRIBUTION.md
  --esc10      ESC-50 as it is published, or ESC-10 in a folder a class with ATTRIBUTION.tsv; ../shared/data/esc10
  --seed       another seed draws other backgrounds, sizes and places; 0
  --per-class  pictures of a class for training; a tenth of it for test; 400
  --without    packages that are not used, with commas between
  --sheets     draws every drawing of the list on contact sheets there, to look at them, and nothing else
  --list       the reviewed list of drawings; tools/data/things.json

Folds 1 to 4 of ESC-10 and most styles of drawing are for training; fold 5 and the styles Fluent, Pinhead and Atlas for test.
Drawings for training that are nearly one for test are not used, and manifest.jsonl says which. The same command goes on
after Ctrl-C. The fetched packages are in node_modules/.cache/visual-echoes/drawings, and may be deleted.
`;

const root = fileURLToPath(new URL('../../..', import.meta.url));

const OPTIONS = {
  out: { type: 'string' },
  esc10: { type: 'string', default: '../shared/data/esc10' },
  seed: { type: 'string', default: '0' },
  'per-class': { type: 'string', default: '400' },
  without: { type: 'string' },
  sheets: { type: 'string' },
  list: { type: 'string', default: join(root, 'tools/data/things.json') },
} as const;

await runTool({ command: 'pnpm data:things', help: HELP, options: OPTIONS }, async ({ values }) => {
  if (!values.out === !values.sheets) {
    throw new ConfigurationError('Name the folder for the data with --out, or one for sheets with --sheets.');
  }
  const seed = wholeNumber(values.seed, 'seed', 0);
  const perClass = wholeNumber(values['per-class'], 'per-class', 1);
  const list = withoutPackages(await readDrawingList(values.list), values.without?.split(',') ?? []);
  const cache = join(root, 'node_modules/.cache/visual-echoes/drawings');
  return untilStopped(async (given) => {
    if (values.sheets) {
      for (const path of await drawSheets(list, values.sheets, { cache, ...given })) console.log(path);
      return;
    }
    const content = await makeThings({
      out: values.out!,
      esc10: values.esc10,
      list,
      cache,
      seed,
      perClass,
      ...given,
    });
    console.log(countThings(content));
    for (const { drawing, near, distance } of content.removed) {
      const name = (it: typeof near) => `${it.package} ${it.file.split('#').pop()}`;
      console.log(`not used: ${name(drawing)}, ${distance} bits from ${name(near)}`);
    }
  });
});
