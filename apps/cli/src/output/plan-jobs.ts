import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import type { Failure, MediaInput } from '../media/find-inputs.js';

/** The files of one result. */
export type ResultFiles = Partial<Record<'sound' | 'npy' | 'mel' | 'picture', string>>;

/** One input with the files of each of its results. */
export interface Job {
  input: MediaInput;
  outputs: ResultFiles[];
}

/** What a result is called: an input's name without its extension, with a number where there are several. */
export function resultNames(path: string, count: number): string[] {
  const name = basename(path, extname(path));
  return count === 1 ? [name] : Array.from({ length: count }, (_, i) => `${name}-${i + 1}`);
}

/** The files of a sound called `name`. */
export const soundFiles = (out: string, name: string): ResultFiles => ({
  sound: join(out, `${name}.wav`),
  mel: join(out, `${name}.mel.png`),
});

/** The files of a mel spectrogram called `name`. */
export const melFiles = (out: string, name: string): ResultFiles => ({
  npy: join(out, `${name}.mel.npy`),
  mel: join(out, `${name}.mel.png`),
});

/** The file of a picture called `name`. */
export const pictureFiles = (out: string, name: string): ResultFiles => ({
  picture: join(out, `${name}.png`),
});

/**
 * What is to be done. An input of a folder whose sounds, arrays and pictures exist is skipped; where some exist, the others
 * are made. A named input whose results exist needs `force`, and nothing may be written over an input or by two.
 *
 * @throws ConfigurationError where named inputs cannot be done.
 */
export function planJobs(
  inputs: readonly MediaInput[],
  { force, filesOf }: { force: boolean; filesOf: (input: MediaInput) => ResultFiles[] },
): { jobs: Job[]; skipped: string[]; failures: Failure[] } {
  const jobs: Job[] = [];
  const skipped: string[] = [];
  const failures: Failure[] = [];
  const sources = new Set(inputs.map(({ path }) => identity(path)));
  const writers = new Map<string, string>();
  for (const input of inputs) {
    const outputs = filesOf(input);
    const files = outputs.flatMap((result) => Object.values(result));
    const isDone = outputs.every(({ sound, npy, picture }) =>
      [sound, npy, picture].every((file) => !file || existsSync(file)),
    );
    if (input.fromFolder && !force && isDone) {
      skipped.push(input.path);
      continue;
    }
    const problem = conflict(input, files, { force, sources, writers });
    if (problem && !input.fromFolder) throw new ConfigurationError(problem);
    if (problem) failures.push({ input: input.path, error: problem });
    else jobs.push({ input, outputs });
    for (const file of files) writers.set(identity(file), input.path);
  }
  return { jobs, skipped, failures };
}

/** Throws a `ConfigurationError` where one of `files` exists and `force` is off. */
export function refuseExisting(files: readonly string[], { force }: { force: boolean }): void {
  const existing = force ? undefined : files.find((file) => existsSync(file));
  if (existing) throw new ConfigurationError(alreadyThere(existing));
}

function conflict(
  { path, fromFolder }: MediaInput,
  files: readonly string[],
  { force, sources, writers }: { force: boolean; sources: Set<string>; writers: Map<string, string> },
): string | undefined {
  const source = files.find((file) => sources.has(identity(file)));
  if (source)
    return `${path} would be written to ${source}, which is an input; name another folder with --out.`;
  const writer = files.map((file) => writers.get(identity(file))).find((other) => other !== undefined);
  if (writer) return `${writer} and ${path} would be written to the same file; rename one of them.`;
  const existing = force || fromFolder ? undefined : files.find((file) => existsSync(file));
  return existing && alreadyThere(existing);
}

const alreadyThere = (file: string) =>
  `${file} exists already; add --force to write over it, or name another folder with --out.`;

/** A path by which two names of one file are told, also where upper and lower case are one. */
function identity(path: string): string {
  const folder = dirname(resolve(path));
  return join(existsSync(folder) ? realpathSync(folder) : folder, basename(path)).toLowerCase();
}
