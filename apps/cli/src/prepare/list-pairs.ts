import { basename, extname, join, resolve } from 'node:path';
import { Random } from '@visual-echoes/core';
import { fileMedium, filePlace } from './file-place.js';
import type { ListedClip, Listing } from './listing.js';
import { walkFolder } from './walk-folder.js';

/** The files of one split and class. */
interface Group {
  split: string;
  label: string | null;
  pictures: string[];
  sounds: string[];
}

/**
 * Every sound of a folder is a clip, with the picture of its name (`dog/a.jpg` and `dog/a.wav`, or `a.jpg` and `a.wav`
 * in different folders of one class). In a class where no names agree, each sound has up to `frames` pictures of the
 * class, drawn by `seed`. What finds no partner is listed as such.
 */
export function listPairs(folder: string, { frames, seed }: { frames: number; seed: number }): Listing {
  return {
    kind: 'pairs',
    name: basename(resolve(folder)),
    async *clips() {
      for await (const group of groupsOf(folder)) yield* pair(folder, group, { frames, seed });
    },
  };
}

/** Groups one after the other, since the walk goes through one class's folder before the next. */
async function* groupsOf(folder: string): AsyncGenerator<Group> {
  let group: Group | undefined;
  const loose = new Map<string, Group>(); // files between class folders: of no class
  for await (const path of walkFolder(folder)) {
    const medium = fileMedium(path);
    if (medium !== 'picture' && medium !== 'sound') continue;
    const { split, label } = filePlace(path);
    let own = label === null ? loose.get(split) : group;
    if (!own || own.split !== split || own.label !== label) {
      own = { split, label, pictures: [], sounds: [] };
      if (label === null) loose.set(split, own);
      else {
        if (group) yield group;
        group = own;
      }
    }
    (medium === 'picture' ? own.pictures : own.sounds).push(path);
  }
  if (group) yield group;
  yield* loose.values();
}

function* pair(
  folder: string,
  { split, label, pictures, sounds }: Group,
  { frames, seed }: { frames: number; seed: number },
): Generator<ListedClip> {
  const clip = (sound: string, own: readonly string[]): ListedClip => ({
    ...{ id: sound, label, split, input: join(folder, sound), identity: JSON.stringify([sound, ...own]) },
    find: () => ({
      type: 'pair',
      pictures: own.map((path) => join(folder, path)),
      sound: join(folder, sound),
    }),
  });
  const alone = (path: string, reason: string): ListedClip => ({
    ...{ id: path, label, split, input: join(folder, path), identity: JSON.stringify([path]) },
    find: () => ({ type: 'none', reason }),
  });
  const byName = (paths: readonly string[]) => new Map(paths.map((path) => [nameOf(path), path]));
  const [pictureOf, soundOf] = [byName(pictures), byName(sounds)];
  const isByName = label === null || sounds.some((sound) => pictureOf.has(nameOf(sound)));
  for (const sound of sounds) {
    const own = pictureOf.get(nameOf(sound));
    if (isByName && own) yield clip(sound, [own]);
    else if (isByName || pictures.length === 0)
      yield alone(sound, `There is no picture for ${sound}: none has its name.`);
    else {
      const order = new Random(seed).fork('pair', split, label ?? '', sound).permutation(pictures.length);
      yield clip(
        sound,
        Array.from(order.subarray(0, frames), (i) => pictures[i]),
      );
    }
  }
  for (const picture of pictures) {
    if (
      isByName
        ? soundOf.has(nameOf(picture)) && pictureOf.get(nameOf(picture)) === picture
        : sounds.length > 0
    )
      continue;
    yield alone(picture, `There is no sound for ${picture}: none has its name.`);
  }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1, path.length - extname(path).length);
