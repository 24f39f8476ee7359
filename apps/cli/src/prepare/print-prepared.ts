import { join } from 'node:path';
import type { DatasetFile } from '../dataset/dataset-file.js';
import { FAILED_FILE, type Finished } from './finish-dataset.js';

/** Says what was made, and of what failed the first few; or all of it as one JSON document. */
export function printPrepared(
  { rows, failed, splits, failures }: Finished,
  {
    about: { holds, labels, shards },
    out,
    json,
    seconds,
  }: { about: DatasetFile; out: string; json?: boolean | undefined; seconds: number },
): void {
  if (json) {
    const counts = { clips: rows, failed, splits, labels: labels.length, shards: shards.length };
    console.log(JSON.stringify({ out, holds, ...counts, seconds: Number(seconds.toFixed(1)) }, null, 2));
    return;
  }
  const parts = Object.entries(splits).map(([split, clips]) => `${split} ${clips}`);
  const what = holds === 'tokens' ? 'tokens' : 'pictures and mel spectrograms';
  const classes = labels.length > 0 ? `, ${labels.length} ${labels.length === 1 ? 'class' : 'classes'}` : '';
  console.log(`${rows} clips (${parts.join(', ')})${classes} as ${what} in ${out}`);
  for (const { reason } of failures) console.error(`error: ${reason}`);
  if (failed > 0) console.error(`${failed} of ${rows + failed} failed: ${join(out, FAILED_FILE)}`);
}
