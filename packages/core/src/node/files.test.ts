import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointError, FileAccessError } from '../errors.js';
import { FileCheckpointStore } from './file-checkpoint-store.js';
import { withFileSource } from './file-source.js';
import { readStateFile, writeStateFile } from './state-file.js';
import { writeFileAtomically } from './write-file-atomically.js';

const stateOf = (step: number) => ({
  tensors: { weight: { shape: [2], data: Float32Array.of(step, -step) } },
  metadata: { step: String(step) },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'core-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('writeFileAtomically', () => {
  it('makes the folder, writes piece by piece and leaves nothing beside', async () => {
    const path = join(folder, 'new', 'deep', 'file');
    await writeFileAtomically(path, ['one ', new TextEncoder().encode('two')]);
    expect(await readFile(path, 'utf8')).toBe('one two');
    expect(await readdir(join(folder, 'new', 'deep'))).toEqual(['file']);
  });

  it('keeps the old file where the new one fails half-way', async () => {
    const path = join(folder, 'kept');
    await writeFile(path, 'old');
    const broken = function* () {
      yield 'half';
      throw new CheckpointError('the rest cannot be made');
    };
    await expect(writeFileAtomically(path, broken())).rejects.toThrow(CheckpointError);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect((await readdir(folder)).filter((name) => name.startsWith('kept'))).toEqual(['kept']);
  });

  it('says in one line why a path cannot be written', async () => {
    await writeFile(join(folder, 'plain'), '');
    const under = writeFileAtomically(join(folder, 'plain', 'file'), ['x']);
    await expect(under).rejects.toThrow(FileAccessError);
    await expect(under).rejects.toThrow(/^Cannot write .*plain\/file: .*\.$/);
  });
});

describe('readStateFile', () => {
  it('reads what writeStateFile wrote', async () => {
    const path = join(folder, 'weights.safetensors');
    await writeStateFile(path, stateOf(3).tensors);
    expect(await readStateFile(path)).toEqual(stateOf(3).tensors);
  });

  it('names the file in every error', async () => {
    const path = join(folder, 'bad.safetensors');
    await writeFile(path, 'abc');
    await expect(readStateFile(path)).rejects.toThrow(
      `${path}: Not a sound safetensors file: it has 3 bytes`,
    );
    await expect(readStateFile(join(folder, 'none'))).rejects.toThrow(/none: it does not exist/);
    await expect(readStateFile(folder)).rejects.toThrow(/it is a folder/);
  });

  it('closes the file also where its use fails', async () => {
    const path = join(folder, 'plain-bytes');
    await writeFile(path, 'abcdef');
    const piece = await withFileSource(path, (source) => source.read(2, 3));
    expect(new TextDecoder().decode(piece)).toBe('cde');
    const failing = withFileSource(path, async () => {
      throw new TypeError('odd');
    });
    await expect(failing).rejects.toThrow(FileAccessError);
  });
});

describe('FileCheckpointStore', () => {
  let path: string;
  let warnings: string[];
  const store = () => new FileCheckpointStore(path, { onWarning: (line) => warnings.push(line) });
  const start = async (name: string) => {
    warnings = [];
    await mkdir(join(folder, name), { recursive: true });
    path = join(folder, name, 'run.safetensors');
  };

  it('has nothing at first, then the newest state, and keeps the one before', async () => {
    await start('order');
    expect(await store().load()).toBeUndefined();
    for (const step of [1, 2, 3]) await store().save(stateOf(step));
    expect(await store().load()).toEqual(stateOf(3));
    expect((await readdir(join(folder, 'order'))).sort()).toEqual([
      'run.safetensors',
      'run.safetensors.previous',
    ]);
    expect(warnings).toEqual([]);
  });

  it.each([0, 7, 40, 100])(
    'goes back to the state before where the newest is cut to %d bytes',
    async (size) => {
      await start(`cut-${size}`);
      for (const step of [1, 2]) await store().save(stateOf(step));
      await truncate(path, size);
      expect(await store().load()).toEqual(stateOf(1));
      expect(warnings).toEqual([`${path} is damaged; going on from ${path}.previous.`]);
      await store().save(stateOf(3));
      expect(await store().load()).toEqual(stateOf(3));
    },
  );

  it('finds the newest state where it was killed between its two renames', async () => {
    await start('between');
    await store().save(stateOf(1));
    await writeStateFile(`${path}.next`, stateOf(2).tensors, { metadata: { step: '2' } });
    await writeStateFile(`${path}.previous`, stateOf(1).tensors, { metadata: { step: '1' } });
    await rm(path);
    expect(await store().load()).toEqual(stateOf(2));
  });

  it('is not disturbed by what a killed run left half-written', async () => {
    await start('left');
    await store().save(stateOf(1));
    await writeFile(`${path}.part`, 'half of a st');
    expect(await store().load()).toEqual(stateOf(1));
    await store().save(stateOf(2));
    expect(await store().load()).toEqual(stateOf(2));
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  it('throws where every state is damaged, or the file cannot be read', async () => {
    await start('hopeless');
    for (const step of [1, 2]) await store().save(stateOf(step));
    await truncate(path, 9);
    await truncate(`${path}.previous`, 9);
    await expect(store().load()).rejects.toThrow(CheckpointError);
    await rm(path);
    await mkdir(path);
    await expect(store().load()).rejects.toThrow(FileAccessError);
  });

  it.skipIf(process.getuid?.() === 0)('says so where the folder may not be written', async () => {
    await start('locked');
    await chmod(join(folder, 'locked'), 0o500);
    await expect(store().save(stateOf(1))).rejects.toThrow(/permission is denied/);
  });
});
