import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setInterval } from 'node:timers';

/** A claim that was not renewed for so long is that of a process which ended, milliseconds. */
const STALE = 120_000;
const RENEWAL = 10_000;

/**
 * Claims the work whose result is to be `path`, by a file beside it, so that two processes on one folder do not do the
 * same; null where another process is at it. A claim of a process that has ended does not count.
 * @returns what gives the claim back.
 */
export async function claim(path: string): Promise<(() => Promise<void>) | null> {
  const file = `${path}.claim`;
  await mkdir(dirname(path), { recursive: true });
  if (!(await create(file))) {
    if (!(await isLeft(file))) return null;
    await rm(file, { force: true });
    if (!(await create(file))) return null;
  }
  const renewal = setInterval(
    () => void utimes(file, new Date(), new Date()).catch(() => undefined),
    RENEWAL,
  );
  renewal.unref();
  return async () => {
    clearInterval(renewal);
    await rm(file, { force: true });
  };
}

async function create(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isLeft(file: string): Promise<boolean> {
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(file), readFile(file, 'utf8')]);
    if (Date.now() - mtimeMs > STALE) return true;
    const { pid, host } = JSON.parse(text) as { pid: number; host: string };
    return host === hostname() && pid !== process.pid && !isRunning(pid);
  } catch {
    return false; // just given back, or not yet written: the next look will tell
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
