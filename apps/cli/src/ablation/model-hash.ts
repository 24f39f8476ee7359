import { createHash, type Hash } from 'node:crypto';
import { folderSource, MANIFEST_FILE, type ModelSource, parseManifest } from 'visual-echoes/node';

const CHUNK = 2 ** 22;

/** The first 12 hexadecimal digits of SHA-256. */
const short = (hash: Hash) => hash.digest('hex').slice(0, 12);

/**
 * A hash of a model folder's manifest and weights and of `others`, files of another folder: two models of one hash give the
 * same figures.
 * @throws FileAccessError, ConfigurationError.
 */
export async function modelHash(
  model: ModelSource,
  others: { folder: string; files: readonly string[] },
): Promise<string> {
  const hash = createHash('sha256');
  const text = await model.readText(MANIFEST_FILE);
  hash.update(text);
  const { image, audio, transformer } = parseManifest(text, `${MANIFEST_FILE} of ${model.name}`).parts;
  const weights = [image.weights, audio.weights, transformer.weights];
  if ('weights' in audio.vocoder) weights.push(audio.vocoder.weights);
  await addFiles(hash, model, weights);
  await addFiles(hash, folderSource(others.folder), others.files);
  return short(hash);
}

/** A hash of files of one folder. @throws FileAccessError. */
export async function filesHash(folder: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  await addFiles(hash, folderSource(folder), files);
  return short(hash);
}

async function addFiles(hash: Hash, source: ModelSource, files: readonly string[]): Promise<void> {
  for (const file of files) {
    await source.withBytes(file, async (bytes) => {
      for (let start = 0; start < bytes.size; start += CHUNK) {
        hash.update(await bytes.read(start, Math.min(CHUNK, bytes.size - start)));
      }
    });
  }
}
