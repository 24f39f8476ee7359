import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../errors.js';
import { fileAccessError } from './file-access-error.js';

/** What a JSON file holds. @throws FileAccessError; ConfigurationError that names the file, where it is not JSON. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
}
