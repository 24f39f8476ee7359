import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { fileAccessError, readJson } from '@visual-echoes/core/node';
import { z } from 'zod';
import type { AblationData } from '../ablation/ablation-data.js';
import type { EvaluationFile } from '../evaluation/evaluation-file.js';

/** One thing that a report shows, and the folder of its files. */
export type Result = { folder: string; path: string } & (EvaluationFile | AblationData);

const number = z.number();
const settings = z.record(z.string(), z.union([z.string(), number]));

/** As far as the report relies on it. */
const evaluation = z.looseObject({
  kind: z.literal('evaluation'),
  model: z.string(),
  backend: z.string(),
  seeds: z.array(number),
  validation: z.boolean(),
  on: z.string().optional(),
  rows: z.array(z.looseObject({ task: z.string(), measure: z.string(), value: number, unit: z.string() })),
  examples: z.array(
    z.looseObject({
      task: z.string(),
      caption: z.string(),
      given: z.record(z.string(), z.string()).optional(),
      made: z.record(z.string(), z.string()),
      original: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

const ablation = z.looseObject({
  kind: z.literal('ablation'),
  ablation: z.string(),
  axes: z.array(z.string()).min(1),
  models: z.array(z.looseObject({ name: z.string(), hash: z.string() })),
  sampling: z.string(),
  part: z.string(),
  seeds: number,
  samplesOfASeed: number,
  engine: z.string(),
  fixed: settings,
  defaults: z.record(z.string(), settings),
  real: z.record(z.string(), z.object({ accuracy: number, frechet: number })),
  points: z
    .array(
      z.looseObject({
        direction: z.string(),
        settings,
        accuracy: number,
        accuracyLow: number,
        accuracyHigh: number,
        frechet: number,
        frechetLow: number,
        frechetHigh: number,
        frechetSeeds: z.array(number),
      }),
    )
    .min(1),
});

const anyResult = z.discriminatedUnion('kind', [evaluation, ablation]);

/**
 * What the commands wrote into folders, or the JSON files themselves, in the order of the names.
 * @throws FileAccessError; ConfigurationError where there are no results.
 */
export async function readResults(paths: readonly string[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const path of paths) {
    const about = await stat(path).catch((cause) => {
      throw fileAccessError('read', path, cause);
    });
    if (!about.isDirectory()) {
      results.push(await readResult(path));
      continue;
    }
    const names = (await readdir(path)).filter((name) => name.endsWith('.json')).sort();
    const before = results.length;
    for (const name of names) {
      const file = join(path, name);
      if ((await kindOf(file)) !== undefined) results.push(await readResult(file));
    }
    if (results.length === before) {
      throw new ConfigurationError(
        `${path} holds no results; name a folder that visual-echoes evaluate --out or ablate --out wrote.`,
      );
    }
  }
  return results;
}

async function kindOf(path: string): Promise<string | undefined> {
  const parsed = z
    .looseObject({ kind: z.enum(['evaluation', 'ablation']) })
    .safeParse(await readJson(path).catch(() => undefined));
  return parsed.data?.kind;
}

async function readResult(path: string): Promise<Result> {
  const parsed = anyResult.safeParse(await readJson(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigurationError(
      `${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}. Name what visual-echoes evaluate --out or ablate --out wrote.`,
    );
  }
  return { folder: dirname(path), path, ...parsed.data } as unknown as Result;
}
