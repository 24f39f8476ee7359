import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { safetensorsChunks } from '../checkpoint/write-safetensors.js';
import { CheckpointError, FileAccessError } from '../errors.js';
import type { CheckpointStore, TrainingState } from '../training/checkpoint-store.js';
import { fileAccessError } from './file-access-error.js';
import { readSafetensorsFile } from './state-file.js';
import { writeFileAtomically } from './write-file-atomically.js';

/**
 * Keeps a training run in `path` (a `.safetensors` file) and the state before it in `path.previous`, which is
 * taken where the newer one turns out damaged. One run at a time writes to a path.
 *
 * @example
 * const store = new FileCheckpointStore('runs/digits.safetensors', { onWarning: console.error });
 * await train({ module, loss, optimizer, steps: 1000, learningRate, checkpoints: { store, every: 100 } });
 */
export class FileCheckpointStore implements CheckpointStore {
  private readonly path: string;
  private readonly onWarning: (line: string) => void;

  /** @param onWarning receives one line where a damaged state is passed over. */
  constructor(path: string, { onWarning = () => {} }: { onWarning?: (line: string) => void } = {}) {
    this.path = path;
    this.onWarning = onWarning;
  }

  async save({ tensors, metadata }: TrainingState): Promise<void> {
    const next = `${this.path}.next`;
    // A fixed name, so that a run which is killed while it writes leaves nothing that stays.
    await writeFileAtomically(next, safetensorsChunks(tensors, { metadata }), {
      beside: `${this.path}.part`,
    });
    try {
      if (existsSync(this.path)) await rename(this.path, `${this.path}.previous`);
      await rename(next, this.path);
    } catch (cause) {
      throw fileAccessError('write', this.path, cause);
    }
  }

  async load(): Promise<TrainingState | undefined> {
    let damage: CheckpointError | undefined;
    // Killed between the two renames of `save`, a run leaves its newest state in `.next`.
    for (const path of [this.path, `${this.path}.next`, `${this.path}.previous`]) {
      try {
        const { state, metadata } = await readSafetensorsFile(path);
        if (damage) this.onWarning(`${this.path} is damaged; going on from ${path}.`);
        return { tensors: state, metadata };
      } catch (error) {
        if (error instanceof CheckpointError) damage ??= error;
        else if (!isAbsent(error)) throw error;
      }
    }
    if (damage) throw damage;
    return undefined;
  }
}

const isAbsent = (error: unknown) =>
  error instanceof FileAccessError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
