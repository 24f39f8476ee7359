import { extname } from 'node:path';

/** Folders of these names, at the top, are splits; what is in no such folder is for training. */
const SPLITS = new Set(['train', 'val', 'valid', 'validation', 'test', 'eval']);

/**
 * Which split and class a file's path says, from the source's folder: `test/dog/a.mp4` is of the split `test` and the
 * class `dog`, `dog/2019/a.mp4` of the split `train` and the class `dog`, `a.mp4` of `train` and of no class.
 */
export function filePlace(path: string): { split: string; label: string | null } {
  const folders = path.split('/').slice(0, -1);
  const split = SPLITS.has(folders[0]) ? folders.shift()! : 'train';
  return { split, label: folders[0] ?? null };
}

const EXTENSIONS = {
  video: 'mp4 m4v mov webm mkv avi mpg mpeg ts mts m2ts flv wmv asf ogv 3gp mxf',
  picture: 'png jpg jpeg gif tif tiff webp avif heic svg',
  sound: 'wav wave mp3 ogg oga opus flac aif aiff m4a aac mka',
};

const MEDIA = new Map(
  Object.entries(EXTENSIONS).flatMap(([medium, extensions]) =>
    extensions.split(' ').map((extension) => [`.${extension}`, medium as keyof typeof EXTENSIONS]),
  ),
);

/** What a file's name says that it is; its content is looked at when it is prepared. */
export const fileMedium = (path: string) => MEDIA.get(extname(path).toLowerCase());
