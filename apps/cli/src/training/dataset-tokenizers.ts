import { ConfigurationError, type TokenField } from '@visual-echoes/core';
import { readDatasetFile } from '../dataset/dataset-file.js';
import { findTokenizers, identify, loadTokenizers, type Tokenizers } from '../prepare/tokenizers.js';

/**
 * Loads the tokenizers of a model folder and checks that a dataset's tokens are theirs.
 * @throws FileAccessError, CheckpointError; ConfigurationError where grids, vocabularies or weights differ.
 */
export async function datasetTokenizers(
  model: string,
  { folder, fields }: { folder: string; fields: readonly TokenField[] },
): Promise<Tokenizers> {
  const parts = await findTokenizers({ model });
  const file = await readDatasetFile(folder);
  const made = file.holds === 'tokens' ? file.tokenizers : {};
  const own = await identify(parts);
  const tokenizers = await loadTokenizers(parts);
  for (const part of ['image', 'audio'] as const) {
    const { grid, vocabulary } = tokenizers[part];
    const field = fields.find(({ name }) => name === part);
    if (field?.grid.join() !== grid.join() || field.vocabulary !== vocabulary) {
      throw new ConfigurationError(
        `The tokenizer "${part}" of ${model} makes ${grid.join('×')} tokens out of ${vocabulary}, and ${folder} has ` +
          `${field?.grid.join('×')} out of ${field?.vocabulary}; name the model folder that the dataset was made with.`,
      );
    }
    if (made[part] && made[part].sha256 !== own[part].sha256) {
      throw new ConfigurationError(
        `The tokens "${part}" of ${folder} were made by other weights (${made[part].name}) than ${model} has; ` +
          'name the model folder that the dataset was made with.',
      );
    }
  }
  return tokenizers;
}
