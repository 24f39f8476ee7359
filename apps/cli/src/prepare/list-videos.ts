import { basename, join, resolve } from 'node:path';
import { fileMedium, filePlace } from './file-place.js';
import type { Listing } from './listing.js';
import { walkFolder } from './walk-folder.js';

/** Every video of a folder is a clip, named by its path; `filePlace` says of which split and class. */
export function listVideos(folder: string): Listing {
  return {
    kind: 'videos',
    name: basename(resolve(folder)),
    async *clips() {
      for await (const path of walkFolder(folder)) {
        if (fileMedium(path) !== 'video') continue;
        const video = join(folder, path);
        const find = () => ({ type: 'video', video }) as const;
        yield { id: path, ...filePlace(path), input: video, identity: path, find };
      }
    },
  };
}
