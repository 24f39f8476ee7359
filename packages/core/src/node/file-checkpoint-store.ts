import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { readSafetensors } from '../checkpoint/read-safetensors.js';
import { safetensorsChunks } from '../checkpoint/write-safetensors.js';
import type { CheckpointStore, TrainingState } from '../training/checkpoint-store.js';
import { withFileSource } from './file-source.js';
import { writeFileAtomically } from './write-file-atomically.js';

/**
 * Keeps a training run in `path` (a `.safetensors` file) and the state before it in `path.previous`, which is
 * taken where the newer one turns out damaged.
 */
export class FileCheckpointStore implements CheckpointStore {
  private readonly path: string;
  private readonly onWarning: (line: string) => void;

  constructor(path: string, { onWarning = () => {} }: { onWarning?: (line: string) => void } = {}) {
    this.path = path;
    this.onWarning = onWarning;
  }

  async save({ tensors, metadata }: TrainingState): Promise<void> {
    const next = `${this.path}.next`;
    await writeFileAtomically(next, safetensorsChunks(tensors, { metadata }));
    if (existsSync(this.path)) await rename(this.path, `${this.path}.previous`);
    await rename(next, this.path);
  }

  async load(): Promise<TrainingState | undefined> {
    const candidates = [this.path, `${this.path}.next`, `${this.path}.previous`].filter((path) =>
      existsSync(path),
    );
    let failure: unknown;
    for (const path of candidates) {
      try {
        const { state, metadata } = await withFileSource(path, readSafetensors);
        if (failure) this.onWarning(`${this.path} is damaged; going on from ${path}.`);
        return { tensors: state, metadata };
      } catch (cause) {
        failure ??= cause;
      }
    }
    if (failure) throw failure;
    return undefined;
  }
}
