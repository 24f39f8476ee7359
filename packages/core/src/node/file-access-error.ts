import { FileAccessError, VisualEchoesError } from '../errors.js';

const REASONS: Record<string, string> = {
  ENOENT: 'it does not exist; check the path',
  EACCES: 'permission is denied; change its rights or run as its owner',
  EPERM: 'the operation is not permitted; change its rights or run as its owner',
  EISDIR: 'it is a folder; name a file',
  ENOTDIR: 'a part of its path is a file; check the path',
  ENOSPC: 'the disk is full; free some room and run it again',
  EROFS: 'the disk is read-only; write elsewhere',
  EDQUOT: 'the disk quota is used up; free some room and run it again',
  EMFILE: 'too many files are open; close some programs',
};

/** What a failed `read` or `write` of the system means, in words; typed errors pass through as they are. */
export function fileAccessError(action: 'read' | 'write', path: string, cause: unknown): Error {
  if (cause instanceof VisualEchoesError) return cause;
  const { code = '', message = String(cause) } = (cause ?? {}) as NodeJS.ErrnoException;
  return new FileAccessError(`Cannot ${action} ${path}: ${REASONS[code] ?? message}.`, { cause });
}
