import type { Random } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';
import { spread } from '../evaluation/evaluation-data.js';
import { type DividedFiles, divideFiles } from '../files/divide-files.js';
import { type ListedFile, listPictures } from '../files/list-files.js';
import { readPicture } from '../media/read-picture.js';
import { fitPicture, type PictureForm } from '../prepare/fit-picture.js';
import { augmentFrame, type FrameAugmentation } from './augment/augment-frame.js';
import {
  isEmpty,
  type MediaSamples,
  type MediaSamplesOptions,
  MOST_HELD_BACK,
  samplesOf,
} from './media-samples.js';

/** Bytes of pictures that are kept once they are read. */
const KEPT = 2 ** 29;

/** Of pictures without a split for it, the share that is held back. */
const HELD_SHARE = 0.02;

/** The pictures of a folder, before any is read. */
export interface FolderPictures extends DividedFiles {
  folder: string;
}

/**
 * Finds the pictures of a folder; the names of the folders in it are splits and classes, as `filePlace` reads them.
 * @throws FileAccessError; ConfigurationError where there are too few.
 */
export async function findPictures(
  folder: string,
  { splits, seed }: Pick<MediaSamplesOptions, 'splits' | 'seed'>,
): Promise<FolderPictures> {
  const options = { what: 'pictures', splits, share: HELD_SHARE, seed };
  return { folder, ...divideFiles(folder, await listPictures(folder), options) };
}

/** The pictures of a folder as samples of a training, resized as `fitPicture` has it. */
export function folderSamples(
  { train, heldBack }: FolderPictures,
  form: PictureForm,
  {
    augmentation = {},
    ...options
  }: Pick<MediaSamplesOptions<FrameAugmentation>, 'augmentation' | 'seed' | 'balance'>,
): Promise<MediaSamples<Picture>> {
  const known = new Map<string, Picture>();
  const most = KEPT / (form.width * form.height * form.channels);
  const plain = async ({ path }: ListedFile) => {
    const picture = known.get(path) ?? (await fitPicture(await readPicture(path), form));
    if (known.size < most) known.set(path, picture);
    return picture;
  };
  const labels = [...new Set([...train, ...heldBack].map(({ label }) => label))];
  return samplesOf(
    {
      sizes: [train.length],
      labels: async () => [train.map(({ label }) => label)],
      read: async () => train,
      held: async () => spread(heldBack, MOST_HELD_BACK),
      classes: labels.filter((label) => label !== null).sort(),
    },
    {
      plain,
      varied: isEmpty(augmentation)
        ? plain
        : async (file, random: Random) => augmentFrame(await plain(file), augmentation, random),
    },
    options,
  );
}
