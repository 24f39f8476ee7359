import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ClipParts, ListedClip, Listing } from './listing.js';
import { readCsvLines } from './read-csv-lines.js';

/** Seconds: all clips of VGGSound last as long. */
const CLIP_LENGTH = 10;

const EXTENSIONS = ['mp4', 'mkv', 'webm'];

/**
 * The clips of VGGSound's list, `youtube id, start seconds, label, split` a line (`vggsound.csv` of its authors), looked
 * for in a folder of what was downloaded and cut: `ID_START_END.mp4` in milliseconds as SpecVQGAN's authors name them, or
 * `ID_000030.mp4`; in the folder itself or in `video`, or in a folder named as the split or the label inside one of them.
 */
export function listVggsound(csv: string, folder: string): Listing {
  return {
    kind: 'vggsound',
    name: basename(csv),
    async *clips() {
      const exists = new Map<string, boolean>();
      const isFolder = (path: string) => {
        if (!exists.has(path)) exists.set(path, existsSync(path));
        return exists.get(path)!;
      };
      let split = 'train'; // a line that cannot be read is listed with the one before it
      for await (const { number, cells } of readCsvLines(csv)) {
        if (number === 1 && cells && /^(youtube|video|yt|id\b)/i.test(cells[0]) && !isStart(cells[1]))
          continue;
        const input = `${basename(csv)}:${number}`;
        const wrong = problem(cells);
        if (wrong) {
          const reason = `Line ${number} ${wrong}; a line is such as: 0nib7bMm8BA,15,"playing violin, fiddle",train.`;
          yield {
            ...{ id: `line ${number}`, label: null, split, input, identity: `line ${number}` },
            find: () => ({ type: 'none', reason }),
          };
          continue;
        }
        const [id, start, label] = cells!;
        split = cells![3];
        const own = { video: id, start: Number(start), label, split };
        yield clipOf(own, input, folder, isFolder);
      }
    },
  };
}

interface Line {
  video: string;
  start: number;
  label: string;
  split: string;
}

function clipOf(line: Line, input: string, folder: string, isFolder: (path: string) => boolean): ListedClip {
  const { video, start, label, split } = line;
  const id = `${video}_${String(start).padStart(6, '0')}`;
  const names = [`${video}_${start * 1000}_${(start + CLIP_LENGTH) * 1000}`, id];
  return {
    ...{ id, label, split, input, identity: id },
    find: (): ClipParts => {
      const places = [folder, join(folder, 'video')].flatMap((top) =>
        [top, join(top, split), join(top, label)].filter(isFolder),
      );
      for (const place of places) {
        for (const name of names) {
          for (const extension of EXTENSIONS) {
            const path = join(place, `${name}.${extension}`);
            if (isFile(path)) return { type: 'video', video: path };
          }
        }
      }
      return { type: 'none', reason: `${folder} has no ${names[0]}.mp4 and no ${names[1]}.mp4.` };
    },
  };
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false; // not to be looked at, which is as if it were not there
  }
}

const isStart = (cell: string | undefined) => cell !== undefined && /^\d{1,6}$/.test(cell);

/** What is wrong with a line. An id and a label become names of files, so that nothing in them may lead elsewhere. */
function problem(cells: string[] | null): string | undefined {
  if (!cells) return 'is no line of a CSV file';
  if (cells.length !== 4) return `has ${cells.length} cells where 4 were due`;
  const [id, start, label, split] = cells;
  if (!/^[\w-]{1,64}$/.test(id)) return `has ${JSON.stringify(id.slice(0, 80))} for an id`;
  if (!isStart(start)) return `has ${JSON.stringify(start.slice(0, 80))} for the seconds of its start`;
  if (label === '' || /[/\\\p{Cc}]|^\.\.?$/u.test(label))
    return `has ${JSON.stringify(label.slice(0, 80))} for a label`;
  if (!/^[\w-]{1,32}$/.test(split)) return `has ${JSON.stringify(split.slice(0, 80))} for a split`;
  return undefined;
}
