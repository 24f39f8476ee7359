import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import type { z } from 'zod';

/**
 * Settings from a JSON file.
 * @throws FileAccessError; ConfigurationError that names the file and the first entry that the schema refuses.
 */
export async function readJsonFile<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigurationError(`${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}.`);
}
