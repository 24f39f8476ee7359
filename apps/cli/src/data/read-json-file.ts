import { ConfigurationError } from '@visual-echoes/core';
import { readJson } from '@visual-echoes/core/node';
import type { z } from 'zod';

/**
 * Settings from a JSON file.
 * @throws FileAccessError; ConfigurationError that names the file and the first entry that the schema refuses.
 */
export async function readJsonFile<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  return parseSettings(await readJson(path), path, schema);
}

/** Settings that were read from a file already. @throws ConfigurationError likewise. */
export function parseSettings<T>(settings: unknown, path: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigurationError(`${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}.`);
}
