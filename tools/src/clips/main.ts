#!/usr/bin/env node
// Videos → dataset → tokenizers → transformer → sounds and frames → figures → report. pnpm clips --videos FOLDER
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { readJsonFile } from '@visual-echoes/cli/dist/data/read-json-file.js';
import { imageTokenizerFile } from '@visual-echoes/cli/dist/training/training-file.js';
import { ConfigurationError, FileAccessError } from '@visual-echoes/core';
import { runTool } from '../run-tool.js';
import { runStages } from './run-stages.js';
import { stagesOf } from './stages.js';

const HELP = `Takes a folder of videos through everything: their frames and mel spectrograms, two tokenizers and a transformer
that learn them by heart, sounds made of frames and frames made of sounds, how many of these are nearest to their own
clip, and a report to look at and listen to. Each stage is a command of visual-echoes, and is shown by its name.

  pnpm clips --videos FOLDER [--out FOLDER] [--training FOLDER] [--backend NAME]

  --videos    at least two, of about ten seconds; of longer ones the first ten seconds are taken
  --out       runs/clips; the report is report.html in it
  --training  image-tokenizer.json, audio-tokenizer.json and transformer.json; those of apps/cli/training/clips, which
              are for about a dozen clips
  --backend   tensorflow, wasm or cpu; the fastest where it is left out

Ctrl-C stops; the same command goes on. VISUAL_ECHOES_THREADS=1 leaves the other cores to others.
`;

const OPTIONS = {
  videos: { type: 'string' },
  out: { type: 'string', default: 'runs/clips' },
  training: { type: 'string' },
  backend: { type: 'string' },
} as const;

await runTool({ command: 'pnpm clips', help: HELP, options: OPTIONS }, async ({ values }) => {
  if (values.videos === undefined) throw new ConfigurationError('Name the folder of videos with --videos.');
  const videos = resolve(values.videos);
  if (!existsSync(videos))
    throw new FileAccessError(`${videos} does not exist; name a folder with --videos.`);
  const cli = dirname(createRequire(import.meta.url).resolve('@visual-echoes/cli/package.json'));
  const out = resolve(values.out);
  const training = values.training ? resolve(values.training) : join(cli, 'training/clips');
  const { picture } = await readJsonFile(join(training, 'image-tokenizer.json'), imageTokenizerFile);
  const stages = stagesOf({ videos, out, training, picture: picture.width, backend: values.backend });
  const program = join(cli, 'bin/visual-echoes.js');
  const code = await runStages(stages, { program, say: (line) => console.error(line) });
  if (code === 0) console.error(`Open ${join(out, 'report.html')}.`);
  return code;
});
