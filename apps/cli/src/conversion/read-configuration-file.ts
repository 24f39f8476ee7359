import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { parseDocument } from 'yaml';

/**
 * A configuration as the authors publish theirs: YAML (also with Python's tags, which are passed over) or JSON.
 * @throws FileAccessError, ConfigurationError; both name the file.
 */
export async function readConfigurationFile(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error) {
    throw new ConfigurationError(`${path} is neither YAML nor JSON: ${error.message.split('\n')[0]}`);
  }
  const content: unknown = document.toJS({ maxAliasCount: 100 });
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigurationError(`${path} holds no settings; name the model's configuration file.`);
  }
  return content as Record<string, unknown>;
}
