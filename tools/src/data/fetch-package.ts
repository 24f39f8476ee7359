import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError, ConfigurationError, FileAccessError } from '@visual-echoes/core';
import type { DrawingPackage } from './drawing-list.js';

/** What brings packages from a registry; each gets the version that is named, or fails. */
const WAYS = {
  npm: {
    commands: ({ name, version }: DrawingPackage) => [
      [
        'npm',
        'install',
        `${name}@${version}`,
        '--prefix=.',
        '--fetch-retries=1',
        '--no-save',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
      ],
    ],
    inside: ({ name }: DrawingPackage) => join('node_modules', name),
    remedy: 'Check the connection and the registry that npm is set to, and run it again.',
  },
  debian: {
    commands: ({ name, version }: DrawingPackage) => [
      ['apt-get', 'download', `${name}=${version}`],
      ['dpkg-deb', '-x', '*.deb', '.'],
    ],
    inside: () => '.',
    remedy: 'It is a package of Debian: run it there, after apt-get update, or leave it out with --without',
  },
};

/** Why a program ended, and not well. */
class ProgramError extends Error {}

/**
 * Brings a package into a cache, where it is not there yet; nothing of it is run. What is written lies beside until it is
 * whole, and is renamed then.
 * @returns the package's folder.
 * @throws FileAccessError where it cannot be fetched; CancelledError.
 */
export async function fetchPackage(
  wanted: DrawingPackage,
  { cache, listFolder, signal }: { cache: string; listFolder: string; signal?: AbortSignal | undefined },
): Promise<string> {
  if (wanted.from === 'folder') return join(listFolder, wanted.name);
  const way = WAYS[wanted.from];
  if (!way) {
    throw new ConfigurationError(
      `${wanted.name} is from "${wanted.from}", not ${Object.keys(WAYS).join(' or ')}.`,
    );
  }
  const folder = join(cache, `${wanted.name}@${wanted.version}`.replaceAll(/[/:]/g, '+'));
  const result = join(folder, way.inside(wanted));
  if (existsSync(folder)) return result;
  const beside = `${folder}.${process.pid}.part`;
  try {
    await mkdir(beside, { recursive: true });
    for (const command of way.commands(wanted)) await run(await withFiles(command, beside), beside, signal);
    for (const file of await readdir(beside)) if (file.endsWith('.deb')) await rm(join(beside, file));
    await rename(beside, folder);
  } catch (cause) {
    if (existsSync(folder)) return result; // another process was first
    if (signal?.aborted) throw new CancelledError('Cancelled by the caller.', { cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    const remedy = wanted.from === 'debian' ? `${way.remedy} ${wanted.name}.` : way.remedy;
    throw new FileAccessError(`Cannot fetch ${wanted.name} ${wanted.version}: ${reason}. ${remedy}`, {
      cause,
    });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return result;
}

/** The command with the names of the folder's files in place of `*.deb`. */
async function withFiles(command: readonly string[], folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
  return command.flatMap((word) => (word === '*.deb' ? files : [word]));
}

function run([program, ...args]: string[], cwd: string, signal?: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      cwd,
      signal,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32' && program === 'npm',
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'ENOENT' ? new ProgramError(`there is no ${program} here`) : error),
    );
    child.on('close', (code) => {
      if (code === 0) return done();
      const lines = stderr.split('\n').map((line) => line.replace(/^(npm error|npm ERR!|E:)\s*/, '').trim());
      const said = lines
        .find((line) => line && !/^(code|syscall|errno|type|path) /.test(line))
        ?.slice(0, 200);
      fail(new ProgramError(`${program} ended with ${code}${said ? ` (${withoutAddresses(said)})` : ''}`));
    });
  });
}

/** A registry's address says nothing to whom it is not theirs. */
const withoutAddresses = (text: string) => text.replaceAll(/https?:\/\/\S+/g, '…').replace(/\.$/, '');
