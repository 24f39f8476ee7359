import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileAccessError } from '@visual-echoes/core/node';
import { z } from 'zod';

/** Seconds between signs of life. */
const HEARTBEAT = 10;

/** Seconds without one, after which a lock is anybody's. A machine at work may be silent for half a minute. */
const STALE = 120;

/** A file that this process alone may write, until it is released. */
export interface Claim {
  /** A name for what is written before it is renamed, that nobody else uses. */
  beside: string;
  release(): Promise<void>;
}

const holder = z.object({ host: z.string(), pid: z.number(), token: z.string() });

/** A process id means something on one machine, and there in one container. */
const host = (() => {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
})();

/**
 * Claims the making of a file by a lock beside it, `PATH.lock`, for processes of one or several machines; `undefined`
 * where another has it. A killed process leaves a lock that is taken over: at once on the same machine, elsewhere after
 * two minutes without a sign of life. Should two ever make the same file, one is renamed over the other, and they are
 * the same.
 * @throws FileAccessError.
 */
export async function claimFile(path: string): Promise<Claim | undefined> {
  const lock = `${path}.lock`;
  const token = randomBytes(6).toString('hex');
  const mine = JSON.stringify({ host, pid: process.pid, token });
  const create = () =>
    writeFile(lock, mine, { flag: 'wx' }).then(
      () => true,
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === 'EEXIST') return false;
        throw fileAccessError('write', lock, cause);
      },
    );
  if (!(await create()) && !((await removeStale(lock, token)) && (await create()))) return undefined;
  const heart = setInterval(() => {
    const now = new Date();
    void utimes(lock, now, now).catch(() => {});
  }, HEARTBEAT * 1000);
  heart.unref();
  return {
    beside: `${path}.${token}.part`,
    release: async () => {
      clearInterval(heart);
      if ((await readFile(lock, 'utf8').catch(() => '')) === mine) await rm(lock, { force: true });
    },
  };
}

/** Claims a file, however long another has it, and does `work`. @throws FileAccessError and what `work` throws. */
export async function withClaim<T>(path: string, work: (claim: Claim) => Promise<T>): Promise<T> {
  let claim = await claimFile(path);
  for (; !claim; claim = await claimFile(path)) await sleep(100);
  try {
    return await work(claim);
  } finally {
    await claim.release();
  }
}

/** Removes a lock whose holder is dead, with what it was writing; whether it did. */
async function removeStale(lock: string, token: string): Promise<boolean> {
  const text = await readFile(lock, 'utf8').catch(() => undefined);
  if (text === undefined) return true; // released meanwhile
  const parsed = holder.safeParse(parse(text));
  if (parsed.success && parsed.data.host === host) {
    if (isAlive(parsed.data.pid)) return false;
  } else if (!(await isSilent(lock, token))) {
    return false;
  }
  // Of several that see this, one can rename it; should it be a new one by now, it is put back.
  const aside = `${lock}.${token}`;
  try {
    await rename(lock, aside);
    if ((await readFile(aside, 'utf8')) !== text) {
      await rename(aside, lock);
      return false;
    }
    await rm(aside, { force: true });
    if (parsed.success) await rm(lock.replace(/lock$/, `${parsed.data.token}.part`), { force: true });
    return true;
  } catch {
    return false;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // cut off when its writer was killed
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** By the clock of the disk, which may be another machine's: against a file that is written now. */
async function isSilent(lock: string, token: string): Promise<boolean> {
  const probe = `${lock}.${token}`;
  try {
    await (await open(probe, 'w')).close();
    const [now, then] = await Promise.all([stat(probe), stat(lock)]);
    return now.mtimeMs - then.mtimeMs > STALE * 1000;
  } catch {
    return false;
  } finally {
    await rm(probe, { force: true });
  }
}
