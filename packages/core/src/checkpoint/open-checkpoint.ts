import { CheckpointError } from '../errors.js';
import { type ByteSource, bytesSource } from './byte-source.js';
import type { StoredTensors } from './checkpoint.js';
import { openSafetensors } from './read-safetensors.js';
import { type OpenTorchCheckpointOptions, openTorchCheckpoint } from './torch/open-torch-checkpoint.js';

/**
 * Opens a checkpoint of any form that weights are published in: safetensors, and `torch.save`'s zip (`.ckpt`, `.pt`,
 * `.pth`) and the older form without zip. What it is the file's first bytes say, not its name.
 *
 * @example
 * const tensors = await openCheckpoint(blobSource(file)); // a File that was dropped on the page
 * await model.loadTensors(tensors);
 *
 * @throws CheckpointError where the file is none of these, or malformed.
 */
export async function openCheckpoint(
  source: ByteSource | Uint8Array,
  options: OpenTorchCheckpointOptions = {},
): Promise<StoredTensors> {
  const bytes = source instanceof Uint8Array ? bytesSource(source) : source;
  const [first, second] = await bytes.read(0, Math.min(2, bytes.size));
  const isZip = first === 0x50 && second === 0x4b;
  const isPickle = first === 0x80 && second <= 5;
  // A safetensors file begins with the length of its header, which may look like anything; its ninth byte is a brace.
  const ninth = bytes.size > 8 ? (await bytes.read(8, 1))[0] : undefined;
  if (ninth === 0x7b) return (await openSafetensors(bytes)).tensors;
  if (isZip || isPickle) return openTorchCheckpoint(bytes, options);
  throw new CheckpointError(
    'Not a checkpoint: it begins neither as a safetensors file nor as one that torch.save wrote. Name the file with the weights.',
  );
}
