import { ConfigurationError, type TokenField } from '@visual-echoes/core';
import { readDatasetFile } from '../dataset/dataset-file.js';
import {
  findTokenizers,
  identify,
  loadTokenizers,
  type TokenizerNames,
  type TokenizerParts,
  type Tokenizers,
} from '../prepare/tokenizers.js';

/**
 * Loads tokenizers, of a model folder or of two training runs, and checks that a dataset's tokens are theirs.
 * @throws FileAccessError, CheckpointError; ConfigurationError where grids, vocabularies or weights differ.
 */
export async function datasetTokenizers(
  names: TokenizerNames,
  { folder, fields }: { folder: string; fields: readonly TokenField[] },
): Promise<{ parts: TokenizerParts; tokenizers: Tokenizers }> {
  const parts = await findTokenizers(names);
  const file = await readDatasetFile(folder);
  const made = file.holds === 'tokens' ? file.tokenizers : {};
  const own = await identify(parts);
  const tokenizers = await loadTokenizers(parts);
  for (const part of ['image', 'audio'] as const) {
    const name = names[`${part}Tokenizer`] ?? names.model;
    const { grid, vocabulary } = tokenizers[part];
    const field = fields.find(({ name }) => name === part);
    if (field?.grid.join() !== grid.join() || field.vocabulary !== vocabulary) {
      throw new ConfigurationError(
        `The tokenizer "${part}" of ${name} makes ${grid.join('×')} tokens out of ${vocabulary}, and ${folder} has ` +
          `${field?.grid.join('×')} out of ${field?.vocabulary}; name what the dataset was made with.`,
      );
    }
    if (made[part] && made[part].sha256 !== own[part].sha256) {
      throw new ConfigurationError(
        `The tokens "${part}" of ${folder} were made by other weights (${made[part].name}) than ${name} has; ` +
          'name what the dataset was made with.',
      );
    }
  }
  return { parts, tokenizers };
}
