import type { Drawing, DrawingList } from './drawing-list.js';
import type { EscClip } from './list-esc10.js';
import type { NearDuplicate } from './near-duplicates.js';
import type { PlannedPicture } from './plan-pictures.js';

/** What the data are made of. */
export interface ThingsContent {
  list: DrawingList;
  pictures: readonly PlannedPicture[];
  clips: readonly EscClip[];
  removed: readonly NearDuplicate[];
}

/** A clip's path in the data's folder. */
export const clipPath = ({ split, class: name, name: file }: EscClip) => `${split}/${name}/${file}`;

/**
 * The lines of `manifest.jsonl`: every picture and sound with where it is from, whose it is and under which licence; then
 * the drawings that were not used, since they are nearly one for test.
 */
export function* manifestLines({ list, pictures, clips, removed }: ThingsContent): Generator<string> {
  const packages = new Map(list.packages.map((one) => [one.name, one]));
  for (const { path, drawing, split } of pictures) {
    const { version, style, licence, home, author } = packages.get(drawing.package)!;
    const { class: name, file, variant } = drawing;
    const source = { package: drawing.package, version, source: file, variant, style };
    const credit = { author: drawing.author ?? author, licence, home };
    yield line({ file: path, kind: 'picture', split, class: name, ...source, ...credit });
  }
  for (const clip of clips) {
    const { split, class: name, title, author, licence, home } = clip;
    yield line({ file: clipPath(clip), kind: 'sound', split, class: name, title, author, licence, home });
  }
  for (const { drawing, near, distance } of removed) {
    const of = ({ package: name, file }: Drawing) => ({ package: name, source: file });
    yield line({ kind: 'removed', class: drawing.class, ...of(drawing), near: of(near), distance });
  }
}

const line = (entry: object) => `${JSON.stringify(entry)}\n`;

/** `ATTRIBUTION.md`: whose the drawings and recordings are, their licences, and what was changed. */
export function attribution({ list, pictures, clips }: ThingsContent): string {
  const drawings = [...new Set(pictures.map(({ drawing }) => drawing))];
  const packages = list.packages.filter(({ name }) => drawings.some((drawing) => drawing.package === name));
  const rows = packages.map(({ name, version, style, author, licence, home }) => {
    const own = drawings.filter((drawing) => drawing.package === name);
    const authors = [...new Set(own.map((drawing) => drawing.author ?? author))].join(', ');
    return `| ${style} | ${name} ${version} | ${own.length} | ${cell(authors)} | ${licence} | ${home} |`;
  });
  const sounds = clips.map(
    ({ name, title, author, licence, home }) =>
      `| ${name} | ${cell(title)} | ${cell(author)} | ${licence} | ${home} |`,
  );
  return `# Whose the pictures and sounds are

\`manifest.jsonl\` has the same of every file.

## Pictures

Each is a drawing of one of these sets, changed: scaled to 128 × 128 pixels, turned, mirrored, lightened or darkened, put on
a background, and, where it is drawn in one ink, in another ink. A picture is under its drawing's licence.

| style | package | drawings | authors | licence | published at |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## Sounds

Clips of ESC-10 (K. J. Piczak, "ESC: Dataset for Environmental Sound Classification", 2015, CC BY 3.0), as they are. They
were cut out of these recordings of Freesound.

| clip | recording | author | licence | published at |
| --- | --- | --- | --- | --- |
${sounds.join('\n')}
`;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
