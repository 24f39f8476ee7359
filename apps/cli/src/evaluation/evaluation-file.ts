import { join } from 'node:path';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { writeWav } from '@visual-echoes/vq-audio';
import { melPicture } from '../output/mel-picture.js';
import { pictureFile } from '../output/picture-file.js';
import type { EvaluationRow } from './evaluation-row.js';
import type { Example, ExampleMedia } from './example.js';

/** Files of one medium, relative to the folder. */
export interface ExampleFiles {
  picture?: string;
  mel?: string;
  sound?: string;
}

/** What `visual-echoes evaluate --out` keeps as `evaluation.json`: all that a report needs. */
export interface EvaluationFile {
  kind: 'evaluation';
  model: string;
  backend: string;
  /** Each was measured once. */
  seeds: number[];
  validation: boolean;
  /** What it was measured on, where that is a dataset. */
  on?: string;
  rows: EvaluationRow[];
  examples: {
    task: string;
    caption: string;
    given?: ExampleFiles;
    made: ExampleFiles;
    original?: ExampleFiles;
  }[];
}

/** Writes examples as PNG and WAV into `folder`/examples and says which. @throws FileAccessError. */
export async function writeExamples(
  folder: string,
  task: string,
  examples: readonly Example[],
): Promise<EvaluationFile['examples']> {
  const stem = task.replaceAll(/[^\w-]+/g, '-');
  const written: EvaluationFile['examples'] = [];
  for (const [i, { caption, given, made, original }] of examples.entries()) {
    const name = join('examples', `${stem}-${String(i + 1).padStart(2, '0')}`);
    written.push({
      task,
      caption,
      ...(given && { given: await writeMedia(folder, `${name}-given`, given) }),
      made: await writeMedia(folder, `${name}-made`, made),
      ...(original && { original: await writeMedia(folder, `${name}-original`, original) }),
    });
  }
  return written;
}

async function writeMedia(
  folder: string,
  name: string,
  { picture, mel, sound }: ExampleMedia,
): Promise<ExampleFiles> {
  const files: ExampleFiles = {};
  const write = async (kind: keyof ExampleFiles, ending: string, bytes: Uint8Array) => {
    files[kind] = `${name}${ending}`;
    await writeFileAtomically(join(folder, `${name}${ending}`), [bytes]);
  };
  if (picture) await write('picture', '.png', await pictureFile(picture));
  if (mel) await write('mel', '.mel.png', await melPicture(mel));
  if (sound) await write('sound', '.wav', writeWav(sound));
  return files;
}

/** Writes `evaluation.json`. @throws FileAccessError. */
export function writeEvaluation(folder: string, evaluation: EvaluationFile): Promise<void> {
  return writeFileAtomically(join(folder, 'evaluation.json'), [`${JSON.stringify(evaluation, null, 2)}\n`]);
}
