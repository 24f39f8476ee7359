import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { readJson } from '@visual-echoes/core/node';
import { MANIFEST_FILE } from 'visual-echoes/node';
import { z } from 'zod';

/** What of a training run's configuration is on an axis. */
const run = z.object({
  masking: z.object({ ratio: z.object({ mean: z.number() }).optional(), drop: z.string().optional() }),
});

/**
 * The models of an ablation over models: `0.55=runs/a,0.65=runs/b` names them, a folder of runs has their values in
 * the configurations of the runs. In the order of the values.
 * @throws ConfigurationError where a folder has no model, or there are fewer than two.
 */
export async function modelsOfPoints(
  text: string,
  ablation: 'mask-ratio' | 'drop',
): Promise<Map<string, string>> {
  const pairs = text.includes('=') ? named(text) : await found(text, ablation);
  if (pairs.length < 2) {
    throw new ConfigurationError(
      `${text} names ${pairs.length} model${pairs.length === 1 ? '' : 's'}; give two or more: --models 0.55=runs/a,0.65=runs/b, or a folder of training runs.`,
    );
  }
  pairs.sort(([a], [b]) => Number(a) - Number(b) || (a < b ? -1 : 1));
  const models = new Map<string, string>();
  for (const [value, folder] of pairs) {
    const model = [folder, join(folder, 'model')].find((one) => existsSync(join(one, MANIFEST_FILE)));
    if (!model) {
      throw new ConfigurationError(
        `${folder} holds no ${MANIFEST_FILE}, and no model/ with one; check the path.`,
      );
    }
    if (models.has(value)) {
      throw new ConfigurationError(
        `Both ${models.get(value)} and ${model} are the point ${value}; leave one out.`,
      );
    }
    models.set(value, model);
  }
  return models;
}

const named = (text: string) =>
  text.split(',').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    if (at < 1) {
      throw new ConfigurationError(`"${pair}" is not VALUE=FOLDER; write such as 0.55=runs/a.`);
    }
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });

async function found(folder: string, ablation: 'mask-ratio' | 'drop'): Promise<[string, string][]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw new ConfigurationError(`${folder} is no folder of training runs; check the path.`, { cause });
  });
  const pairs: [string, string][] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const path = join(folder, name, 'configuration.json');
    if (!existsSync(path)) continue;
    const parsed = run.safeParse(await readJson(path));
    if (!parsed.success) continue; // of a tokenizer
    const { ratio, drop } = parsed.data.masking;
    const value = ablation === 'mask-ratio' ? (ratio?.mean ?? 0.55) : (drop ?? 'any');
    pairs.push([String(value), join(folder, name)]);
  }
  return pairs;
}
